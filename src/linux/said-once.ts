// Says what goes wrong once, and again only after it went well or went wrong in another way.

export class SaidOnce {
  readonly #say: (words: string) => void;
  /** BOUNDED by the subjects, which are interfaces and gateways of the configuration. */
  readonly #said = new Map<string, string>();

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  /** `error` null: it went well. */
  told(subject: string, error: string | null): void {
    if (error === null) {
      this.#said.delete(subject);
    } else if (this.#said.get(subject) !== error) {
      this.#said.set(subject, error);
      this.#say(`${subject}: ${error}`);
    }
  }
}
