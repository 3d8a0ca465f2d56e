// Notes when each step of a takeover was done, from the decision to the last announcement. It reads the effects that the
// loop performs and changes none of them; while nothing is claimed it costs a look at each effect. What is kept is one
// object for each step that claims, however many groups moved in it. BOUNDED by the groups: their last takeover each.

import type { Instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { Input } from '#model/input';
import type { GroupName } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { Takeover } from '#model/takeover';
import type { Clock } from '#ports/clock';

type Draft = { -readonly [K in keyof Takeover]: Takeover[K] };

const nothing = (): void => {};

export class Timeline {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #claiming = new Map<GroupName, Draft>();
  readonly #done = new Map<GroupName, Draft>();
  /** Of the step that is being performed. */
  #decided: Draft | null = null;
  readonly #arriving = new Set<Draft>();
  readonly #announced = new Set<VirtualAddress>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  of(group: GroupName): Takeover | null {
    return this.#done.get(group) ?? null;
  }

  /** Before the effects of a step are performed. True when this step is part of a takeover: then `did` wants to know. */
  begin(input: Input | null, effects: readonly Effect[], now: Instant): boolean {
    this.#decided = null;
    // Clearing what is empty costs more than all the rest of a step that claims nothing.
    if (this.#arriving.size > 0) this.#arriving.clear();
    if (this.#announced.size > 0) this.#announced.clear();
    for (const effect of effects) {
      if (effect.kind !== 'event' || effect.event.code !== 'group') continue;
      const { group, from, to } = effect.event;
      if (to === 'claiming') this.#claiming.set(group, this.#decide(now));
      else if (from === 'claiming') this.#end(group, to === 'active', input, now);
    }
    return this.#decided !== null || this.#arriving.size > 0;
  }

  /** Just before an effect is performed. */
  does(effect: Effect): void {
    if (effect.kind !== 'announce' || this.#arriving.size === 0) return;
    const now = this.#clock.now();
    for (const draft of this.#arriving) draft.firstAnnounced ??= now;
  }

  /** Just after it. */
  did(effect: Effect): void {
    if (effect.kind !== 'advert') return;
    const now = this.#clock.now();
    if (this.#decided !== null) this.#decided.said ??= now;
    for (const draft of this.#arriving) draft.active = now;
  }

  /** For when each of these has been announced once, which may be in a later turn of the loop. */
  announcing([first]: readonly VirtualAddress[]): () => void {
    if (this.#arriving.size === 0 || !this.#isNew(first)) return nothing;
    const drafts = [...this.#arriving];
    return () => {
      const now = this.#clock.now();
      for (const draft of drafts) draft.lastAnnounced = now;
    };
  }

  /** What is announced once more in the same step says nothing new. */
  #isNew(first: VirtualAddress | undefined): boolean {
    if (first === undefined || this.#announced.has(first)) return false;
    this.#announced.add(first);
    return true;
  }

  #decide(now: Instant): Draft {
    this.#decided ??= {
      decided: now,
      said: null,
      opened: null,
      confirmed: null,
      active: null,
      firstAnnounced: null,
      lastAnnounced: null,
    };
    return this.#decided;
  }

  #end(group: GroupName, isActive: boolean, input: Input | null, now: Instant): void {
    const draft = this.#claiming.get(group);
    this.#claiming.delete(group);
    if (draft === undefined || !isActive) return;
    this.#done.set(group, draft);
    if (this.#arriving.has(draft)) return;
    this.#arriving.add(draft);
    draft.confirmed = now;
    if (input?.kind === 'kernel') draft.opened = input.openedAt ?? null;
  }
}
