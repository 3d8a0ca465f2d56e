// When the steps of a takeover were done, as a real core goes through one.

import test from 'ava';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { GroupState } from '#model/view';
import { Timeline } from '#runtime/timeline';

function timeline() {
  let ms = 0;
  const line = new Timeline({ now: () => instant(ms) });
  /** Performs these effects, each of which takes a millisecond. */
  const waiting: ((() => void) | null)[] = [];
  const perform = (
    effects: readonly Effect[],
    input: Parameters<Timeline['begin']>[0] = null,
    later = false,
  ): boolean => {
    const timed = line.begin(input, effects, instant(ms));
    for (const effect of effects) {
      if (timed) line.does(effect);
      const sent = effect.kind === 'announce' ? line.announcing(effect.addresses) : null;
      ms += 1;
      if (later) waiting.push(sent);
      else sent?.();
      if (timed) line.did(effect);
    }
    return timed;
  };
  /** What had to wait for a later turn of the loop leaves now. */
  const leave = (): void => {
    ms += 1;
    for (const sent of waiting.splice(0)) sent?.();
  };
  return { line, perform, leave };
}

const moves = (from: GroupState, to: GroupState, ...groups: string[]) =>
  groups.map(
    (group): Effect => ({
      kind: 'event',
      event: { code: 'group', group, from, to, reason: { kind: 'no-holder' } },
    }),
  );
const advert = { kind: 'advert' } as unknown as Effect;
const announce = (last: number): Effect => ({
  kind: 'announce',
  addresses: [addresses[last] ?? { address: '', family: 4, prefix: 32, interface: 'eth0', label: null }],
});
const addresses = [1, 2].map(
  (last) => ({ address: `192.0.2.${last}`, family: 4, prefix: 32, interface: 'eth0', label: null }) as const,
);

test('from the decision to the last announcement, once for all groups that were decided on together', (t) => {
  const { line, perform } = timeline();
  t.true(perform([advert, ...moves('standby', 'claiming', 'a', 'b')]));
  t.is(line.of('a'), null, 'not before it is over');
  t.false(perform([advert]));
  const answer = { kind: 'kernel', id: 1, outcomes: [], openedAt: instant(3.5) } as const;
  t.true(
    perform(
      [advert, announce(0), announce(1), announce(0), announce(1), ...moves('claiming', 'active', 'a', 'b')],
      answer,
    ),
  );
  t.deepEqual(line.of('a'), {
    decided: instant(0),
    said: instant(1),
    opened: instant(3.5),
    confirmed: instant(4),
    active: instant(5),
    firstAnnounced: instant(5),
    lastAnnounced: instant(7),
  });
  t.is(line.of('a'), line.of('b'));
});

test('announcements that wait for a later turn of the loop are over when the last of them has left', (t) => {
  const { line, perform, leave } = timeline();
  perform([advert, ...moves('standby', 'claiming', 'a')]);
  perform([advert, announce(0), announce(1), ...moves('claiming', 'active', 'a')], null, true);
  t.is(line.of('a')?.lastAnnounced, null);
  leave();
  t.is(line.of('a')?.lastAnnounced, instant(7));
});

test('a claim that was given up leaves the takeover before it as it was', (t) => {
  const { line, perform } = timeline();
  perform([advert, ...moves('standby', 'claiming', 'a')]);
  t.false(perform(moves('claiming', 'standby', 'a')));
  t.is(line.of('a'), null);
  t.false(perform(moves('claiming', 'active', 'a')), 'nobody knows when that was decided');
  t.is(line.of('a'), null);
});
