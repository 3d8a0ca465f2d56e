// Says an advert on all of its paths at once, and offers what became of it when every socket has answered: mostly within
// the call, so that nothing that the same step asks the kernel for is answered before, and judged as if nothing had left.

import type { Instant } from '#lib/time';
import type { Input } from '#model/input';
import type { EffectId } from '#model/names';
import type { AdvertPort } from '#ports/adverts';
import type { Message, Speaker } from '#ports/speaker';
import { allKnown, whenKnown } from './soon.ts';

export class AdvertSpeaker implements Speaker {
  readonly #sockets: AdvertPort;
  readonly #offer: (input: Input) => void;

  constructor(sockets: AdvertPort, offer: (input: Input) => void) {
    this.#sockets = sockets;
    this.#offer = offer;
  }

  speak(id: EffectId, at: Instant, last: number, messages: readonly Message[]): void {
    const answers = messages.map(({ path, datagrams }) =>
      whenKnown(this.#sockets.send(path, datagrams), (error) => ({ path, error })),
    );
    void whenKnown(allKnown(answers), (paths) => this.#offer({ kind: 'sent', id, at, last, paths }));
  }
}
