// What went over the wire, counted for people: adverts sent, and datagrams refused before the core
// ever saw them, by reason.

import type { Refusal } from '#wire/refusal';

export class Counters {
  sent = 0;
  readonly refused: Partial<Record<Refusal, number>> = {};

  refuse(reason: Refusal): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
  }
}
