// What is asked for is done in order, after the turn of the event loop in which it was asked for, and after what is still
// urgent then: so nothing that clients wait for waits for it.

/** Whatever is urgent, this is done some time: far more than a thousand addresses take to be announced. */
const mostMs = 2000;
const lookMs = 1;

export class Afterwards {
  /** BOUNDED by what is asked for within `mostMs`. */
  #acts: (() => void)[] = [];
  #next: NodeJS.Immediate | null = null;
  #later: NodeJS.Timeout | null = null;
  readonly #isUrgent: () => boolean;

  constructor(isUrgent: () => boolean) {
    this.#isUrgent = isUrgent;
  }

  do(act: () => void): void {
    this.#acts.push(act);
    if (this.#next !== null || this.#later !== null) return;
    const since = performance.now();
    this.#next = setImmediate(() => this.#look(since));
  }

  flush(): void {
    if (this.#next !== null) clearImmediate(this.#next);
    if (this.#later !== null) clearTimeout(this.#later);
    this.#next = null;
    this.#later = null;
    const acts = this.#acts;
    this.#acts = [];
    for (const act of acts) act();
  }

  #look(since: number): void {
    this.#next = null;
    if (this.#isUrgent() && performance.now() - since < mostMs)
      this.#later = setTimeout(() => this.#look(since), lookMs);
    else this.flush();
  }
}
