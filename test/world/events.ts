// Virtual time: what is due next, in order of time and then of asking.

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class Events {
  now = 0;
  /** Called after each thing that happened. */
  watch: () => void = () => {};
  #next = 0;
  readonly #heap: Due[] = [];

  at(at: number, run: () => void): void {
    const item = { at: at > this.now ? at : this.now, order: this.#next, run };
    this.#next += 1;
    const heap = this.#heap;
    let i = heap.length;
    heap.push(item);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(item, parent)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = item;
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
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      let least = heap[down];
      if (least === undefined) break;
      const right = heap[down + 1];
      if (right !== undefined && before(right, least)) {
        down += 1;
        least = right;
      }
      if (!before(least, last)) break;
      heap[i] = least;
      i = down;
    }
    heap[i] = last;
  }
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
