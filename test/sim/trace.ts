// What happened in a run: a running hash, over when what happened to whom and why, that is the same for the same seed, and, when somebody wants to read it,
// the story. A run that failed is played again with the story on.

import type { DaemonEvent } from '#model/event';

export type Note =
  | { readonly host: string; readonly event: DaemonEvent }
  | { readonly group: number; readonly answering: readonly string[] }
  | { readonly words: string };

export class Trace {
  steps = 0;
  /** In order of time. BOUNDED by `mostNotes`; empty unless the story is wanted. */
  readonly notes: { readonly at: number; readonly note: Note }[] = [];
  readonly #telling: boolean;
  readonly #lost = new Map<string, number>();
  #hash = 0x811c9dc5;

  constructor(telling: boolean) {
    this.#telling = telling;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  step(now: number): void {
    this.steps += 1;
    this.#mix((now * 1024) | 0);
  }

  count(value: number): void {
    this.#mix(value);
  }

  note(at: number, make: () => Note): void {
    const note = make();
    this.#mixText(JSON.stringify(note));
    if (!this.#telling) return;
    if (this.#lost.size > 0) this.#tellLost(at);
    this.notes.push({ at, note });
    if (this.notes.length > 2 * mostNotes) this.notes.splice(0, mostNotes);
  }

  lose(from: string, to: string): void {
    this.#mixText(to);
    if (!this.#telling) return;
    const route = `${from}>${to}`;
    this.#lost.set(route, (this.#lost.get(route) ?? 0) + 1);
  }

  #tellLost(at: number): void {
    const words = [...this.#lost].map(([route, count]) => (count === 1 ? route : `${route} ${count} times`)).join(', ');
    this.#lost.clear();
    this.notes.push({ at, note: { words: `lost since the line above: ${words}` } });
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.#mix(text.charCodeAt(i));
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x01000193);
  }
}

const mostNotes = 2000;
