// What one step may ask for: nothing that it lets go of.

import test from 'ava';
import { instant } from '#lib/time';
import { beginTurn, holdAddresses, releaseAddresses } from '#core/turn';
import { Bench } from './bench.ts';

test('what is let go of in the step that asked for it is not asked for', (t) => {
  const { settings, state } = new Bench({ groups: 2 });
  const [one = [], two = []] = settings.groups.map(({ addresses }) => addresses);
  const turn = beginTurn(settings, state, instant(0));
  holdAddresses(turn, one);
  holdAddresses(turn, two);
  releaseAddresses(turn, one);
  t.deepEqual(turn.hold?.addresses, two);
  releaseAddresses(turn, two);
  t.is(turn.hold, null);
  t.deepEqual(turn.release?.addresses, [...one, ...two]);
});
