// Says an advert on all of its paths at once, and offers what became of it when every socket has answered.

import type { Instant } from '#lib/time';
import type { Input } from '#model/input';
import type { EffectId } from '#model/names';
import type { AdvertPort } from '#ports/adverts';
import type { Message, Speaker } from '#ports/speaker';

export class AdvertSpeaker implements Speaker {
  readonly #sockets: AdvertPort;
  readonly #offer: (input: Input) => void;

  constructor(sockets: AdvertPort, offer: (input: Input) => void) {
    this.#sockets = sockets;
    this.#offer = offer;
  }

  speak(id: EffectId, at: Instant, last: number, messages: readonly Message[]): void {
    void this.#speak(id, at, last, messages);
  }

  async #speak(id: EffectId, at: Instant, last: number, messages: readonly Message[]): Promise<void> {
    const answers = messages.map(async ({ path, datagrams }) => {
      return { path, error: await this.#sockets.send(path, datagrams) };
    });
    this.#offer({ kind: 'sent', id, at, last, paths: await Promise.all(answers) });
  }
}
