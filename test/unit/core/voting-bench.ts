// A voter on the bench, with two others whose every word a test chooses: what they claim, and for whom they vote.

import { instant } from '#lib/time';
import type { GroupEntry, Vote, Votes } from '#model/advert';
import type { Effect } from '#model/effect';
import type { StartFacts } from '#model/input';
import type { Settings } from '#model/settings';
import type { Wish } from '../../world/settings.ts';
import { Bench, type Saying } from './bench.ts';

export const voters = ['me', 'peer', 'third'];
export const ownBoot = '00000000000000aa';
/** The bench names a peer's boot after the length of its name. */
export const bootOf = { peer: '0000000000000004', third: '0000000000000005' } as const;

type Peer = keyof typeof bootOf;

/** What the sender asks a promise for, as `holdMs` of the bench's own settings. */
export const holdMs = 3004;
/** All voters of the bench keep silent for so long after a start. */
export const silenceMs = 10_300;

export class VotingBench extends Bench {
  constructor(wish: Partial<Wish> = {}, facts: Partial<StartFacts> = {}, settings: Partial<Settings> = {}) {
    super({ voters, ...wish }, facts, settings);
  }

  /** A word of another voter: what it claims, and its vote for this node. */
  say(node: Peer, entry: Partial<GroupEntry> | null, vote: Partial<Vote> | null = null, more: Saying = {}): Effect[] {
    const given = vote === null ? [] : [{ boot: ownBoot, sequence: 0, tableVersion: 0, except: [], ...vote }];
    const votes: Votes = { voters: this.hash, silent: false, epoch: 0, given };
    return this.hearAndAnswer({ node, entry, ...more, advert: { holdMs, votes, ...more.advert } });
  }

  /** Both others hear this node and say so; a moment later nobody is silent any more. */
  almostReady(): this {
    for (let at = 500; at < silenceMs; at += 500) {
      this.runTo(at);
      for (const node of ['peer', 'third'] as const) this.say(node, { role: 'standby' });
    }
    this.runTo(silenceMs - 1);
    return this;
  }

  /** The best-ranked one claims at this moment. */
  ready(): this {
    this.almostReady().runTo(silenceMs);
    return this;
  }

  /** It claims, and its advert is with the sockets: that it left is not told yet. */
  claimUnsent(): { readonly id: number } {
    this.almostReady();
    this.now = silenceMs;
    for (const effect of this.step({ kind: 'wake' })) {
      const answer = effect.kind === 'advert' ? this.answerTo(effect) : null;
      if (answer !== null) this.step(answer);
    }
    const advert = this.step({ kind: 'polled', begun: instant(this.now) }).find(({ kind }) => kind === 'advert');
    if (advert?.kind !== 'advert' || this.group.role !== 'claiming') throw new Error('no claim, or nothing was said');
    return advert;
  }

  /** The number of the last advert that left, as its vote would name it. */
  get lastNumber(): number {
    return this.state.lastSent;
  }

  /** A vote for everything that this node has said until now. */
  get vote(): Partial<Vote> {
    return { sequence: this.lastNumber, tableVersion: this.state.tableVersion };
  }

  /** Claims, and gets the vote of one other. */
  win(): this {
    this.say('peer', { role: 'standby' }, this.vote);
    return this;
  }

  get hash(): string {
    return this.state.quorum?.hash ?? '';
  }

  /** Whom this node has promised the group to. */
  get promisedTo(): string | null {
    const promise = this.state.quorum?.promises.get('web');
    return promise?.standing === true ? promise.boot : null;
  }

  get promisedUntil(): number {
    return this.state.quorum?.candidates.get(this.promisedTo ?? '')?.until ?? 0;
  }

  /** What it says of `node` in its last advert, if these effects have one. */
  voteFor(node: Peer, effects: readonly Effect[]): Vote | undefined {
    const adverts = effects.flatMap((effect) => (effect.kind === 'advert' ? [effect] : []));
    return adverts.at(-1)?.votes?.given.find(({ boot }) => boot === bootOf[node]);
  }
}

export function untilOf(effects: readonly Effect[], kind: 'hold' | 'renew'): number[] {
  return effects.flatMap((effect) => (effect.kind === kind && effect.until !== null ? [effect.until] : []));
}
