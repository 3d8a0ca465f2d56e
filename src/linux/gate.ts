// The gate in front of the addresses: what is guarded is dropped by the kernel unless it is open and the beat lives.
// A beat that ended is never renewed: that is told once, everything is shut, and only a hold from above opens again.
// Every call has happened in the kernel when it returns. When to open or to renew is decided elsewhere.

import type { Instant } from '#lib/time';
import type { AddressKey } from '#model/input';
import type { Clock } from '#ports/clock';
import type { Beat } from './gate-beats.ts';
import { GateBook } from './gate-book.ts';
import type { Guarded } from './gate-book.ts';
import type { GateSocket } from './gate-socket.ts';
import type { Place } from './gate-rules.ts';
import { namesFor } from './gate-name.ts';
import type { Device, GateAddress, GateTables } from './gate-tables.ts';
import { GateWatch } from './gate-watch.ts';
import { EIO, ENOENT, errnoWords } from './netlink-errno.ts';
import { wholeTicks } from './kernel-tick.ts';

export interface GateOptions {
  readonly socket: GateSocket;
  /** Of the tables. */
  readonly name: string;
  readonly tables: GateTables;
  readonly clock: Clock;
  readonly tickMs: number;
  /** What may pass between asking the clock and the kernel's word; what is later may have opened too long. */
  readonly slackMs: number;
  readonly warn: (words: string) => void;
}

/** Of a beat that came too late. */
const ATTEMPTS = 3;

interface Taking {
  /** Puts a beat there that does not count yet, with whatever else is to be there by then. */
  readonly arm: (beat: Beat) => number;
  /** To be let through as soon as it counts. */
  readonly opening?: readonly GateAddress[];
  /** Another beat counts, and ENOENT says that it was over. */
  readonly goesOn?: boolean;
}

/** Why nothing was opened: the lease was over, or the kernel does not take it. */
export type Trouble = { readonly kind: 'late' } | { readonly kind: 'refused'; readonly error: string };

const outlived: Trouble = { kind: 'late' };

export class Gate {
  readonly #options: GateOptions;
  readonly #tables: GateTables;
  readonly #book = new GateBook();
  readonly #watch: GateWatch;
  #lapsed: () => void = () => undefined;
  /** When the beat ends that counts. Means something only while anything is open. */
  #until: Instant;
  #counted: Place | null = null;
  /** The tables are there, and are what the book says. */
  #sound = false;
  #told = '';
  /** The last lease that somebody asked for was too slow to be taken. */
  #wasSlow = false;
  readonly #arm = (beat: Beat): number => this.#tables.arm(beat);

  constructor(options: GateOptions) {
    this.#options = options;
    this.#tables = options.tables;
    this.#until = options.clock.now();
    this.#watch = new GateWatch(namesFor(options.name), options.socket.port, (by) => this.#touched(by));
  }

  /**
   * What an earlier daemon left is guarded from now on. Its tables stay as they are until the first word from above:
   * so what they hold open stays open for as long as that daemon's lease runs.
   */
  begin(left: readonly Guarded[], lapsed: () => void): void {
    this.#lapsed = lapsed;
    this.#book.guard(left);
    if (left.length === 0) this.#build(null);
  }

  /**
   * What a first claim on these devices would have to build is there from now on, and guards nothing. Where the tables of
   * an earlier daemon are left as they are, it comes with the first word from above.
   */
  stand(devices: readonly Device[]): void {
    const missing = this.#book.stand(devices);
    if (this.#sound && missing.length > 0) this.#apply(() => this.#tables.guard([], missing));
  }

  get isOpen(): boolean {
    return this.#book.isOpen;
  }

  /** Null: guarded and open, until `until` like everything else that is. Otherwise why not; then nothing was opened. */
  hold(addresses: readonly Guarded[], until: Instant): Trouble | null {
    const wasOpen = this.#book.isOpen;
    const { closed, devices } = this.#book.guard(addresses);
    // At the first word from above the tables of an earlier daemon become ours.
    if (!this.#sound && !wasOpen) return this.#holdAnew(addresses, until);
    if (!this.#sound || devices.length > 0) {
      const errno = this.#apply(() => this.#tables.guard(closed, devices));
      if (errno !== 0) return this.#refusal(errno);
    }
    const opening = this.#book.open(addresses);
    const arm = (beat: Beat): number => this.#tables.hold({ guarded: closed, beat, isFirst: !wasOpen });
    const trouble = this.#underClock(until, wasOpen, { arm, opening, goesOn: wasOpen });
    if (trouble === null) return this.#book.isOpen ? null : outlived;
    // Somebody took the tables away, and we have not heard of it yet.
    if (!this.#sound && !wasOpen) return this.#holdAnew(addresses, until);
    this.silence(addresses.map(({ key }) => key));
    return trouble;
  }

  /** All that is open stays so until `until`, or the end of the lease is told. Words: there is no gate any more. */
  renew(until: Instant): string | null {
    if (!this.#book.isOpen) return null;
    if (this.#sound) this.#beatOn(until);
    else if (this.#options.clock.now() > this.#until) this.#lapse(true);
    else {
      this.#until = until;
      this.#mend();
    }
    return this.#sound ? null : this.#told;
  }

  /** Shut, but for those that are open on another interface besides, whose removal alone is silence. */
  silence(keys: readonly AddressKey[]): readonly AddressKey[] {
    const closing = this.#book.close(keys);
    if (closing.length > 0 || !this.#sound) {
      // When it was the last of it, the sets are emptied: that is the quickest way to be silent.
      if (!this.#book.isOpen) this.#counted = null;
      this.#apply(() => (this.#book.isOpen ? this.#tables.close(closing) : this.#tables.closeAll()));
    }
    return this.#book.openElsewhere(keys);
  }

  /** These are not ours any more, and the gate lets them be. */
  forget(keys: readonly AddressKey[]): void {
    this.silence(keys);
    const leaving = this.#book.forget(keys);
    this.#apply(() => this.#tables.unguard(leaving));
  }

  /** `keep`: what could not be released stays shut, for `cleanup` or the next daemon. */
  close(keep: boolean): void {
    this.#watch.close();
    const errno = keep ? this.#tables.closeAll() : this.#tables.remove().errno;
    if (errno !== 0 && !keep) this.#options.warn(`the tables ${this.#options.name} stay: ${errnoWords(errno)}`);
    this.#options.socket.close();
  }

  /** With tables that are made for it. */
  #holdAnew(addresses: readonly Guarded[], until: Instant): Trouble | null {
    const trouble = this.#underClock(until, false, { arm: (beat) => this.#build(beat, addresses) });
    if (trouble !== null) this.silence(addresses.map(({ key }) => key));
    return trouble;
  }

  /** The beat goes on, if it is still alive. */
  #beatOn(until: Instant): Trouble | null {
    return this.#underClock(until, this.#book.isOpen, { arm: this.#arm, goesOn: true });
  }

  /**
   * A deadline becomes a time to live last of all, in a beat that does not count yet. Then the clock is asked again, and one
   * to which too much passed never counts: another is put there, as long as there is time for that. So wherever this
   * process is stopped, and whether or not it ever goes on, nothing is open for longer than it may.
   */
  #underClock(until: Instant, wasOpen: boolean, { arm, opening = [], goesOn = false }: Taking): Trouble | null {
    const { clock, tickMs, slackMs } = this.#options;
    let put = arm;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const begun = clock.now();
      const ms = Math.floor(until - begun);
      if (ms < tickMs) return this.#lapse(wasOpen);
      const place = this.#counted === 0 ? 1 : 0;
      let errno = put({ place, ms: wholeTicks(ms, tickMs) });
      const inTime = clock.now() - begun <= slackMs;
      if (errno === 0 && inTime) errno = this.#tables.count({ place, before: this.#counted, open: opening });
      if (errno === ENOENT && goesOn) return this.#missed(until, wasOpen);
      if (errno !== 0) {
        // What is open goes on under the beat before. Otherwise nothing is, and nobody knows what is there.
        if (!goesOn) this.#sound = false;
        return this.#refusal(errno);
      }
      if (inTime) {
        this.#counted = place;
        this.#until = until;
        this.#wasSlow = false;
        return null;
      }
      put = this.#arm;
    }
    this.#lapse(wasOpen);
    return this.#slow();
  }

  /** Once, the machine may have stood still, which says nothing of the next time. Twice, this lease is not for this kernel. */
  #slow(): Trouble {
    if (!this.#wasSlow) {
      this.#wasSlow = true;
      return outlived;
    }
    const { slackMs } = this.#options;
    return { kind: 'refused', error: `${ATTEMPTS} times more than ${slackMs} ms passed while the kernel took a lease` };
  }

  /** The beat was not there: its time was over, or somebody took the tables away. */
  #missed(until: Instant, wasOpen: boolean): Trouble | null {
    const isOver = this.#options.clock.now() > this.#until;
    if (isOver || this.#tables.areThere()) return this.#lapse(wasOpen);
    this.#until = until;
    this.#touched('somebody');
    return this.#sound ? null : this.#refusal(ENOENT);
  }

  /** Shuts everything. Told only if anything was open before. */
  #lapse(wasOpen: boolean): Trouble {
    this.#book.closeAll();
    this.#counted = null;
    if (this.#tables.closeAll() !== 0) this.#build(null);
    if (wasOpen) this.#lapsed();
    return outlived;
  }

  /** Somebody else changed our tables. */
  #touched(by: string): void {
    const { name, warn } = this.#options;
    const errno = this.#mend();
    const outcome = errno === 0 ? 'they were made anew at once' : 'they could not be made anew';
    warn(`the tables ${name} of nf_tables, which keep the lease, were changed or removed by ${by}; ${outcome}`);
  }

  #mend(): number {
    this.#sound = false;
    return this.#buildAgain();
  }

  /** What was open goes on being so for what is left of its lease. */
  #buildAgain(): number {
    this.#counted = null;
    if (!this.#book.isOpen) return this.#build(null);
    const trouble = this.#underClock(this.#until, true, { arm: (beat) => this.#build(beat) });
    if (!this.#sound && trouble?.kind === 'refused') this.#tell(trouble.error);
    return this.#sound ? 0 : EIO;
  }

  /** What the book says already, done by a small transaction; by making all anew where that fails. */
  #apply(act: () => number): number {
    return this.#sound && act() === 0 ? 0 : this.#buildAgain();
  }

  /** Everything as the book says, `opening` besides; none of it is open before the beat counts. */
  #build(beat: Beat | null, opening: readonly Guarded[] = []): number {
    this.#book.open(opening);
    const contents = { ...this.#book.all(), beat };
    let errno = this.#tables.build(contents);
    // A device that is gone must not cost the others their gate.
    if (errno !== 0 && contents.devices.length > 0) errno = this.#tables.build({ ...contents, devices: [] });
    if (errno !== 0) this.#book.close(opening.map(({ key }) => key));
    this.#sound = errno === 0;
    this.#tell(errno === 0 ? '' : this.#wordsOf(errno));
    return errno;
  }

  /** Once for as long as it lasts. */
  #tell(words: string): void {
    if (words !== '' && words !== this.#told) this.#options.warn(words);
    this.#told = words;
  }

  #refusal(errno: number): Trouble {
    return { kind: 'refused', error: this.#wordsOf(errno) };
  }

  #wordsOf(errno: number): string {
    return `nf_tables does not take the gate of the lease: ${errnoWords(errno)}`;
  }
}
