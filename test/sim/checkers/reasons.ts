// No move without a reason that is true: what a daemon says when it takes a group or lets it go is compared with
// what really happened to it and to the others. And no more moves than the faults account for.

import type { DaemonEvent } from '#model/event';
import type { Reason } from '#model/reason';
import type { Host } from '../../world/host.ts';
import { type Cluster, promptMs } from '../cluster.ts';
import type { Mark } from '../knowledge.ts';
import { rateError } from '../plan.ts';
import type { Checker } from './checker.ts';

type GroupEvent = Extract<DaemonEvent, { code: 'group' }>;

export class ReasonChecker implements Checker {
  readonly name = 'reasons';
  /** Times that some host became the holder. */
  moves = 0;
  readonly #cluster: Cluster;
  readonly #recentMs: number;
  /** When each host last left the state of a holder, for each group; infinite while it holds. */
  readonly #heldUntil = new Map<string, number>();
  /** Who held each group last, and since when. */
  readonly #last = new Map<string, { readonly host: Host; readonly since: number }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const { downMs, intervalMs, hosts } = cluster.plan;
    const votingMs = 2 * (cluster.plan.quorum?.longestHoldMs ?? 0);
    this.#recentMs = 2 * downMs + (hosts.length + 2) * intervalMs + 2500 + votingMs;
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code !== 'group') return null;
    const where = `${event.group} ${host.name}`;
    const wrong = this.#isTrue(host, event) ? null : this.#words(host, event);
    if (event.to === 'active') this.#heldUntil.set(where, Number.POSITIVE_INFINITY);
    else if (event.from === 'active') this.#heldUntil.set(where, this.#cluster.events.now);
    if (event.to === 'active') this.#last.set(event.group, { host, since: this.#cluster.events.now });
    if (event.to === 'active') this.moves += 1;
    return wrong;
  }

  #words(host: Host, { group, from, to, reason }: GroupEvent): string {
    return `${host.name} ${group} ${from} -> ${to} because ${JSON.stringify(reason)}, which is not so`;
  }

  #isTrue(host: Host, { group, from, to, reason }: GroupEvent): boolean {
    if (to === 'claiming') return this.#mayClaim(host, group, reason);
    if (from === 'active' || from === 'claiming') return to === 'active' || this.#mustLeave(host, group, reason);
    return true;
  }

  #mayClaim(host: Host, group: string, reason: Reason): boolean {
    switch (reason.kind) {
      case 'holder-lost': {
        const other = this.#named(reason.holder);
        const ear = this.#cluster.ear(this.#cluster.indexOf(host), this.#cluster.indexOf(other));
        const restarted = this.#recently(other, 'started') || this.#recently(other, 'stopped');
        const { now } = this.#cluster.events;
        // A recording of an earlier life holds the group as far as a host can tell that did not know that life.
        const recordedMs = Number.isFinite(ear.replayedAt) ? now - ear.replayedAt : Number.NaN;
        // How long it was silent is said as it was when the wait for this turn began.
        const waitedMs = recordedMs - reason.silentMs;
        if (waitedMs >= -rateError * recordedMs - promptMs && waitedMs <= this.#recentMs) return true;
        return restarted || this.#cluster.isDeaf(now - ear.takenAt) || now - ear.deafUntil < this.#recentMs + 10_000;
      }
      case 'handed-over':
      case 'resigned':
        return this.#isLast(group, this.#named(reason.by), host) || this.#heldLately(group, this.#named(reason.by));
      case 'no-holder':
        return true;
      default:
        // After its own resignation a node that takes the group back goes on with the reason of that.
        return reason.kind === 'yield-unanswered' || this.#heldLately(group, host);
    }
  }

  #mustLeave(host: Host, group: string, reason: Reason): boolean {
    switch (reason.kind) {
      case 'stopping':
        return this.#recently(host, 'stopped');
      case 'link-down':
      case 'interface-missing':
        return this.#recently(host, 'link');
      case 'unsendable':
        return this.#recently(host, 'link') || this.#stoodStill(host);
      case 'claim-late':
      case 'late-wake':
      case 'lease-lapsed':
      case 'slept':
        return this.#stoodStill(host) || (reason.kind === 'lease-lapsed' && this.#isApart());
      case 'check-failed':
      case 'awaiting-check':
        return this.#recently(host, 'check') || host.checkOutcomes.size > 0;
      case 'address-refused':
        return host.kernel.refused.size > 0 || this.#recently(host, 'kernel') || this.#recently(host, 'blocked');
      case 'outranked':
      case 'unheard': {
        const by = this.#named(reason.by);
        // Whoever died in the call that followed said so to the others, and to nobody else.
        return this.#heldLately(group, by) || (by.process === null && this.#claimedLately(group, by));
      }
      case 'holder-live':
        return (
          this.#heldLately(group, this.#named(reason.holder)) || this.#claimedLately(group, this.#named(reason.holder))
        );
      case 'claimant-live':
        return this.#claimedLately(group, this.#named(reason.claimant));
      case 'yielded':
        return this.#named(reason.to) !== host;
      case 'gateway-unreached':
        return this.#recently(host, 'gateway') || this.#isApart();
      case 'holder-unproven':
      case 'isolated':
      case 'no-majority':
      case 'too-few-votes':
      case 'claim-rests':
      case 'promised':
      case 'silent-voter':
        return this.#isApart();
      case 'deposed':
        return this.#claimedLately(group, this.#named(reason.by)) || this.#heldLately(group, this.#named(reason.by));
      case 'turned-off':
        return this.#recently(host, 'lied') || this.#isApart();
      case 'fenced':
        return host.fencer.latched || this.#recently(host, 'fenced');
      case 'fence-failed':
      case 'fencing':
      case 'nodes-unheard':
      case 'heard-elsewhere':
      case 'claim-unanswered':
        return this.#cluster.plan.fencing !== 'self' && this.#isApart();
      case 'address-foreign':
        return host.kernel.foreign.size > 0 || this.#recently(host, 'foreign');
      case 'address-stuck':
        return this.#recently(host, 'stuck');
      case 'adoption-unconfirmed':
        return this.#recently(host, 'started');
      default:
        return false;
    }
  }

  /** Whether anything kept hosts from each other, or a host still, not long ago. */
  #isApart(): boolean {
    if (!Number.isFinite(this.#cluster.quietSince)) return true;
    return this.#cluster.events.now - this.#cluster.quietSince < this.#recentMs + 10_000;
  }

  #stoodStill(host: Host): boolean {
    return (['blocked', 'paused', 'suspended'] as const).some((mark) => this.#recently(host, mark));
  }

  #named(node: string): Host {
    return this.#cluster.host(node);
  }

  #recently(host: Host, mark: Mark): boolean {
    const lasting = mark === 'link' && host.down.size > 0;
    const blocked = mark === 'blocked' && host.process?.blocked === true;
    return (
      lasting || blocked || this.#cluster.events.now - this.#cluster.markedAt(host, mark) < this.#recentMs + 10_000
    );
  }

  #heldLately(group: string, host: Host): boolean {
    return (
      this.#cluster.events.now - (this.#heldUntil.get(`${group} ${host.name}`) ?? -Infinity) < this.#recentMs + 10_000
    );
  }

  #claimedLately(group: string, host: Host): boolean {
    return this.#cluster.events.now - this.#claimedAt(group, host) < this.#recentMs + 10_000;
  }

  /** It held the group or claimed it, lately or however long ago where nobody has held it since as far as `ear` heard. */
  #isLast(group: string, host: Host, ear: Host): boolean {
    const last = this.#last.get(group);
    if (last === undefined || last.host === host || last.since <= this.#claimedAt(group, host)) return true;
    const heardAt = this.#cluster.ear(this.#cluster.indexOf(ear), this.#cluster.indexOf(last.host)).takenSentAt;
    return heardAt < last.since || this.#claimedLately(group, host);
  }

  #claimedAt(group: string, host: Host): number {
    const nth = host.settings.groups.findIndex(({ name }) => name === group);
    return this.#cluster.holding(nth, this.#cluster.indexOf(host)).claimedAt;
  }
}
