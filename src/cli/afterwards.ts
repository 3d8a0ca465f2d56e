// What is asked for is done in order, after the turn of the event loop in which it was asked for: so nothing that is
// urgent in that turn waits for it.

export class Afterwards {
  /** BOUNDED by what one turn asks for. */
  #acts: (() => void)[] = [];
  #next: NodeJS.Immediate | null = null;

  do(act: () => void): void {
    this.#acts.push(act);
    this.#next ??= setImmediate(() => this.flush());
  }

  flush(): void {
    if (this.#next !== null) clearImmediate(this.#next);
    this.#next = null;
    const acts = this.#acts;
    this.#acts = [];
    for (const act of acts) act();
  }
}
