// The change hook: every transition in its order, one at a time, with the facts; and one that hangs, which harms
// nothing, not even the stop of the daemon.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { Scratch } from './scratch.ts';

test.serial('hooks run in order, one at a time, with the facts in the environment', async (t) => {
  const scratch = await Scratch.make(t);
  const hook = await scratch.script(
    'hook',
    `notes=${scratch.dir}/$LOCUM_NODE`,
    'echo "begin $LOCUM_GROUP $LOCUM_PREVIOUS $LOCUM_STATE: $LOCUM_REASON" >>"$notes"',
    'sleep 0.05',
    'echo "end $LOCUM_GROUP $LOCUM_PREVIOUS $LOCUM_STATE: $LOCUM_REASON" >>"$notes"',
  );
  const toml = `[hooks]\nchange = ["${hook}"]\n`;
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', groups: 2, toml });
  await lab.cut('h1');
  await lab.waitForState('h2', 'active', 3000);
  await lab.heal('h1');
  await lab.waitForState('h1', 'active', 5000);
  const cameBack = (all: readonly string[]) => {
    const faulted = all.findLastIndex((line) => /^end web2 \w+ faulted/.test(line));
    return faulted >= 0 && all.findLastIndex((line) => line.startsWith('end web2 claiming active')) > faulted;
  };
  await lab.until(
    async () => (cameBack(await scratch.lines('h1')) ? true : null),
    5000,
    () => 'the last hook did not run',
  );
  const lines = await scratch.lines('h1');
  const ran = (what: string) =>
    lines.flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []));
  t.deepEqual(ran('begin'), ran('end'));
  t.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    lines.map((_, i) => (i % 2 === 0 ? 'begin' : 'end')),
    'one at a time',
  );
  for (const group of ['web', 'web2']) {
    const states = ran('end').flatMap((line) => {
      const [name, from, to] = line.replace(/:.*/, '').split(' ');
      return name === group ? [`${from} ${to}`] : [];
    });
    for (const [i, change] of states.entries()) {
      if (i > 0) t.is(change.split(' ')[0], states[i - 1]?.split(' ')[1], `${group}: ${states.join(', ')}`);
    }
    t.true(states.includes('active faulted') || states.includes('releasing faulted'), states.join(', '));
    t.is(states.at(-1), 'claiming active');
  }
  t.true(ran('end').some((line) => line.endsWith('faulted: the link of eth0 is down')));
});

test.serial('a hook that hangs delays neither a takeover nor the exit: killed and skipped are logged', async (t) => {
  const scratch = await Scratch.make(t);
  const hook = await scratch.script('hook', 'trap "" TERM', 'sleep 1000');
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '100ms',
    toml: `[hooks]\nchange = ["${hook}"]\ntimeout = "60s"\n`,
  });
  const probe = await lab.probe();
  const atMs = await lab.signal('h1', 'SIGTERM');
  t.is(await lab.exitCode('h1', 3000), 0);
  const tookMs = monotonicMs() - atMs;
  t.log(`exit ${tookMs} ms after SIGTERM`);
  t.true(tookMs < 1000, `${tookMs} ms`);
  await lab.waitForState('h2', 'active', 3000);
  const { longestMs } = await probe.stop();
  t.true(longestMs < 150, `${longestMs} ms without an answer`);
  const logs = await lab.logs('h1');
  t.regex(logs, /hook of group web \(\w+ to \w+\) was killed: locum is stopping/);
  t.regex(logs, /hook of group web \(\w+ to \w+\) was skipped: locum is stopping/);
});

test.serial('a hook that fails or takes too long is reported, and the next one runs', async (t) => {
  const scratch = await Scratch.make(t);
  const hook = await scratch.script(
    'hook',
    `echo "$LOCUM_STATE" >>${scratch.dir}/ran`,
    '[ "$LOCUM_STATE" = claiming ] && sleep 1000',
    'exit 7',
  );
  const lab = await Lab.up(t, {
    hosts: 1,
    interval: '100ms',
    toml: `[hooks]\nchange = ["${hook}"]\ntimeout = "300ms"\n`,
  });
  const failing = ({
    problems,
  }: {
    readonly problems: readonly { readonly code: string; readonly message: string }[];
  }) => problems.some(({ code, message }) => code === 'hook-failing' && message.includes('exit 7'));
  await lab.waitFor('h1', failing, 5000, 'failing hook');
  const logs = async () => /web: the change hook failed: exit 7/.test(await lab.logs('h1'));
  await lab.until(
    async () => ((await logs()) ? true : null),
    1000,
    () => 'exit 7 was not logged',
  );
  const timeout = async () => /web: the change hook failed: timeout/.test(await lab.logs('h1'));
  await lab.until(
    async () => ((await timeout()) ? true : null),
    1000,
    () => 'the timeout was not logged',
  );
  const { groups } = await lab.waitForState('h1', 'active', 2000);
  t.is(groups[0]?.reason, 'no other node holds the group');
  const ran = async () => (await scratch.lines('ran')).includes('active');
  await lab.until(
    async () => ((await ran()) ? true : null),
    2000,
    () => 'the hook after the one that took too long did not run',
  );
});
