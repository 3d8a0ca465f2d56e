import test from 'ava';
import { stepNames, stepsOf, stepTitle } from '../../bench/steps.ts';
import type { Status } from '../../lab/status.ts';

const lab = (groups: unknown) => ({ status: async () => ({ groups }) as unknown as Status });

test('the steps of the group that was done last, without what did not happen', async (t) => {
  const first = { takeover: { steps_us: { gate_open: 100, last_announcement: 300 } } };
  const last = { takeover: { steps_us: { gate_open: 200, claim_said: null, last_announcement: 900 } } };
  const steps = await stepsOf(lab([first, last, { takeover: null }]), 'h2');
  t.deepEqual(steps, { 'step:gate_open': 200, 'step:last_announcement': 900 });
  t.deepEqual(stepNames([{ gapMs: 3 }, steps]).map(stepTitle), ['gate open', 'last announcement']);
});

test('a daemon that names no steps yields none', async (t) => {
  t.deepEqual(await stepsOf(lab([{ name: 'web' }]), 'h2'), {});
  t.deepEqual(await stepsOf({ status: async () => null }, 'h2'), {});
});
