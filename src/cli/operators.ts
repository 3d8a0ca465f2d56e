// Operators who wait for an answer: what each may ask for over the control socket, and the waiting. The answer
// comes when the core has what it takes: for a fence, that the addresses are gone and the latch is on disk.
// Bounded in time; in number by the connections of the control socket.

import type { Answer, RequestId } from '#model/fence';
import type { Input } from '#model/input';
import type { Requests, Told } from '#ops/control-requests';
import type { LogJournal } from '#ops/log-journal';
import { failedSentence, refusedSentence } from '#ops/fence-sentences';
import type { OperatorPort } from '#ports/fence';

/** A handover takes half a second at most, a disk that syncs not much longer. */
const patienceMs = 4500;
const longestReason = 500;

export class Operators implements OperatorPort {
  readonly requests: Requests;
  readonly #waiting = new Map<RequestId, (answer: Answer | null) => void>();
  readonly #offer: (input: Input) => void;
  readonly #journal: Pick<LogJournal, 'say'>;
  #next = 1;

  constructor(offer: (input: Input) => void, journal: Pick<LogJournal, 'say'>) {
    this.#offer = offer;
    this.#journal = journal;
    this.requests = new Map([
      ['/v1/fence', (body, who) => this.#fence(body, who)],
      ['/v1/unfence', (_body, who) => this.#unfence(who)],
    ]);
  }

  answer(request: RequestId, answer: Answer): void {
    this.#waiting.get(request)?.(answer);
  }

  /** The daemon ends: nobody waits any longer. */
  close(): void {
    for (const tell of this.#waiting.values()) tell({ kind: 'refused', why: { kind: 'stopping' } });
  }

  async #fence(body: unknown, who: string): Promise<Told> {
    const text = reasonIn(body);
    if (text === null) {
      const words = `expected a JSON object with the text "reason" of 1 to ${longestReason} characters`;
      return { kind: 'wrong', words };
    }
    this.#journal.say('info', 'request', `${who} asks to fence this node`, { who, reason: text });
    return told(await this.#ask((request) => ({ kind: 'fence', request, text })), { fenced: true });
  }

  async #unfence(who: string): Promise<Told> {
    this.#journal.say('info', 'request', `${who} asks to unfence this node`, { who });
    return told(await this.#ask((request) => ({ kind: 'unfence', request })), { fenced: false });
  }

  #ask(input: (request: RequestId) => Input): Promise<Answer | null> {
    const request = this.#next;
    this.#next += 1;
    return new Promise((resolve) => {
      const end = (answer: Answer | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(request);
        resolve(answer);
      };
      const timer = setTimeout(() => end(null), patienceMs);
      this.#waiting.set(request, end);
      this.#offer(input(request));
    });
  }
}

function told(answer: Answer | null, body: unknown): Told {
  if (answer === null) {
    const words = `the daemon has not confirmed it within ${patienceMs / 1000} s; "locum status" tells how far it is`;
    return { kind: 'failed', words };
  }
  if (answer.kind === 'done') return { kind: 'done', body };
  return answer.kind === 'refused'
    ? { kind: 'refused', words: refusedSentence(answer.why) }
    : { kind: 'failed', words: failedSentence(answer.why) };
}

function reasonIn(body: unknown): string | null {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : null;
  if (typeof reason !== 'string') return null;
  const text = reason.trim();
  return text.length >= 1 && text.length <= longestReason ? text : null;
}
