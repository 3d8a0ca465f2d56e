// What each host said of each group over time, and the latest of it that every other one was given in its present life:
// what a host knows is what it heard, and what is true is what was said.

import { mayStillAnswer } from '#core/group-entry';
import { stateOf } from '#core/roles';
import type { GroupEntry } from '#model/advert';
import type { DaemonEvent } from '#model/event';
import type { GroupState } from '#model/view';
import type { Host, Parcel } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';

type GroupEvent = Extract<DaemonEvent, { code: 'group' }>;

/** What one life of a host says of a group, from an instant on. */
export interface Word {
  readonly at: number;
  readonly life: number;
  readonly role: GroupState;
  readonly successor: string | null;
  readonly wants: GroupEntry['wants'];
  readonly priority: number;
}

/** The newest datagram of one life that was given to a host. */
interface Taken {
  readonly life: number;
  at: number;
  sentAt: number;
  /** When the one was sent that was the newest before. */
  sentBefore: number;
  /** What came before the last silence of a down time, and when that was over. */
  silence: (Pick<Heard, 'at' | 'until' | 'sentBefore'> & { readonly sentAt: number }) | null;
}

/** What a host may have been given last of some life of another one, when, and until when nothing came after that. */
interface Heard {
  readonly at: number;
  readonly until: number;
  /** When the one was sent that was given before. */
  readonly sentBefore: number;
  readonly words: readonly Word[];
}

/** The last word that a host was given by which another one held the group. */
interface Held {
  readonly at: number;
  /** Since when that one held it. */
  readonly since: number;
  /** Whether it was known then to be no recording. */
  readonly proven: boolean;
  /** When it was given the first word after that by which that one does not. */
  endedAt: number;
}

/** More than are looked back at. */
const mostWords = 64;
const mostLives = 8;

export class Words {
  readonly #cluster: Cluster;
  /** `said[host][group]`, oldest first. BOUNDED by `mostWords`. */
  readonly #said: Word[][][];
  /** `taken[to][from]`, the latest life first. BOUNDED by `mostLives`. */
  readonly #taken: Taken[][][];
  /** `held[to][from][group]`. */
  readonly #held: (Held | null)[][][];
  readonly #lives: number[];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const groups = cluster.answerMasks;
    this.#said = cluster.list.map(() => groups.map(() => []));
    this.#taken = cluster.list.map(() => cluster.list.map(() => []));
    this.#held = cluster.list.map(() => cluster.list.map(() => groups.map(() => null)));
    this.#lives = cluster.list.map(() => 0);
  }

  told(host: Host, { group, to }: GroupEvent): void {
    const nth = host.settings.groups.findIndex(({ name }) => name === group);
    this.#say(host, nth, to);
  }

  /** Who dies in the call that follows has said so to the others, and to nobody else. */
  sends(host: Host): void {
    const groups = host.daemon?.state?.groups ?? [];
    for (let nth = 0; nth < groups.length; nth += 1) {
      const group = groups[nth];
      const last = this.#said[host.index]?.[nth]?.at(-1);
      // What is held back was decided all the same: the next word says it.
      if (group === undefined || mayStillAnswer(group)) continue;
      const { role, wants, priority } = group.entry;
      const isSame =
        last?.life === host.life && last.role === stateOf(role) && last.wants === wants && last.priority === priority;
      if (!isSame) this.#say(host, nth, stateOf(role));
    }
  }

  took(to: Host, { from, life, sentAt }: Parcel): void {
    if (this.#lives[to.index] !== to.life) this.#forget(to);
    const lives = this.#taken[to.index]?.[from.index];
    if (lives === undefined) return;
    const at = this.#cluster.events.now;
    const known = lives.find((each) => each.life === life);
    if (known === undefined) {
      lives.unshift({ life, at, sentAt, sentBefore: -Infinity, silence: null });
      lives.length = Math.min(lives.length, mostLives);
    } else if (sentAt > known.sentAt) {
      if (this.#cluster.isDeaf(at - known.at))
        known.silence = { at: known.at, sentAt: known.sentAt, sentBefore: known.sentBefore, until: at };
      Object.assign(known, { at, sentAt, sentBefore: known.sentAt });
    } else return;
    const held = this.#held[to.index]?.[from.index] ?? [];
    for (let nth = 0; nth < held.length; nth += 1) {
      const word = this.#wordAt(from, nth, life, sentAt);
      const last = held[nth];
      if (word?.role === 'active' && word.at !== sentAt)
        held[nth] = { at, since: word.at, proven: isProven(to, from), endedAt: Infinity };
      else if (word !== undefined && word.role !== 'active' && last != null && last.endedAt === Infinity)
        last.endedAt = at;
    }
  }

  /** All that one host says of a group, oldest first. */
  said(host: Host, group: number): readonly Word[] {
    return this.#said[host.index]?.[group] ?? [];
  }

  /** Of each life that it was given anything of: the newest words that it may have been given. */
  heard(to: Host, from: Host, group: number): Heard[] {
    return this.#livesOf(to, from).map((taken) => this.#heardAt(from, group, taken, Infinity));
  }

  /** The same as it was before the last silence of each life that is over. */
  heardBeforeSilence(to: Host, from: Host, group: number): Heard[] {
    return this.#livesOf(to, from).flatMap(({ life, silence }) =>
      silence === null ? [] : [this.#heardAt(from, group, { life, ...silence }, silence.until)],
    );
  }

  /** A recording of what it missed is a word of today, whichever that was, for as long as a word is. */
  replayed(to: Host, from: Host, group: number): readonly Word[] {
    const at = this.#cluster.ear(to.index, from.index).replays.at(-1) ?? -Infinity;
    return this.#cluster.isDeaf(this.#cluster.events.now - at)
      ? []
      : this.said(from, group).filter((word) => word.at < at);
  }

  heldAsHeard(to: Host, from: Host, group: number): Held | null {
    return this.#lives[to.index] === to.life ? (this.#held[to.index]?.[from.index]?.[group] ?? null) : null;
  }

  /** Since when it stands by, or did before it claimed. */
  standsBySince(host: Host, group: number): number {
    const said = this.said(host, group);
    const last = said.findLastIndex(({ role }) => role === 'standby');
    const before = said.findLastIndex(
      ({ role, life }, index) => index < last && (role !== 'standby' || life !== host.life),
    );
    return said[before + 1]?.at ?? -Infinity;
  }

  #livesOf(to: Host, from: Host): readonly Taken[] {
    return this.#lives[to.index] === to.life ? (this.#taken[to.index]?.[from.index] ?? []) : [];
  }

  #heardAt(from: Host, group: number, { life, at, sentAt, sentBefore }: Omit<Taken, 'silence'>, until: number): Heard {
    const all = this.said(from, group).filter((word) => word.life === life && word.at <= sentAt);
    // What was said in one instant is not told apart.
    const first = all.findIndex((word) => word.at === sentAt);
    return { at, until, sentBefore, words: all.slice(first < 0 ? -1 : Math.max(0, first - 1)) };
  }

  #wordAt(from: Host, group: number, life: number, at: number): Word | undefined {
    const said = this.said(from, group);
    for (let index = said.length - 1; index >= 0; index -= 1) {
      const word = said[index];
      if (word !== undefined && word.life === life && word.at <= at) return word;
    }
    return undefined;
  }

  #say(host: Host, nth: number, role: GroupState): void {
    const words = this.#said[host.index]?.[nth];
    const group = host.daemon?.state?.groups[nth];
    if (words === undefined) return;
    const { wants = 'nothing', priority = 0 } = group?.entry ?? {};
    const successor = group?.resignation?.successor ?? null;
    words.push({ at: this.#cluster.events.now, life: host.life, role, successor, wants, priority });
    if (words.length > mostWords) words.splice(0, mostWords / 2);
  }

  /** Another daemon remembers nothing of what the last one heard. */
  #forget(to: Host): void {
    this.#lives[to.index] = to.life;
    for (const lives of this.#taken[to.index] ?? []) lives.length = 0;
    for (const held of this.#held[to.index] ?? []) held.fill(null);
  }
}

function isProven(to: Host, from: Host): boolean {
  const boot = from.daemon?.state?.boot;
  return boot !== undefined && to.daemon?.state?.boots.get(boot)?.proven === true;
}
