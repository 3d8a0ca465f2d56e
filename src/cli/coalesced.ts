// However often something is asked for in one turn of the event loop, it is done once, after it.

export function coalesced(act: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      act();
    });
  };
}

/** In order, after the turn of the event loop in which it was asked for: so nothing that is urgent in it waits. */
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
