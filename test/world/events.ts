// Virtual time: what is due next, in order of time and then of asking.

export class Events {
  now = 0;
  /** Called after each thing that happened. */
  watch: () => void = () => {};
  #next = 0;
  readonly #heap: { at: number; order: number; run: () => void }[] = [];

  at(at: number, run: () => void): void {
    const item = { at: Math.max(at, this.now), order: this.#next, run };
    this.#next += 1;
    this.#heap.push(item);
    let i = this.#heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run);
  }

  runUntil(end: number): void {
    for (let top = this.#heap[0]; top !== undefined && top.at <= end; top = this.#heap[0]) {
      this.#pop();
      this.now = top.at;
      top.run();
      this.watch();
    }
    this.now = end;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(i: number, j: number): boolean {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(i: number, j: number): void {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (a === undefined || b === undefined) return;
    this.#heap[i] = b;
    this.#heap[j] = a;
  }
}
