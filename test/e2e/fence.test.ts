// Fencing with real daemons: an operator and a check fence their own node, an agent turns the lost holder off, and what
// becomes of it all when the agent fails, hangs or floods.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { Lab } from '../lab/lab.ts';
import type { LabOptions } from '../lab/lab-script.ts';
import { spanCount } from '../lab/seen.ts';
import type { Status } from '../lab/status.ts';
import { Scratch } from './scratch.ts';

const run = promisify(execFile);
const agent = fileURLToPath(new URL('../../test/fixtures/fence-link', import.meta.url));

const fenced = (status: Status) => status.fenced as { reason: string; since: string; until: string | null } | null;
const latch = (lab: Lab, host: string) => `${lab.host(host).dir}/state/fence-latch.json`;

test.serial(
  'an operator fences the holder: it holds nothing when the command returns, over a restart, until unfenced',
  async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval: '100ms' });
    const probe = await lab.probe();
    const done = await lab.tryLocum('h1', 'fence', '--reason', 'disk fails');
    t.is(done.code, 0, done.stderr);
    t.deepEqual(await lab.holders(), ['h2']);
    t.true(existsSync(latch(lab, 'h1')));
    const { longestMs } = await probe.stop();
    t.log(`handover: outage ${longestMs} ms`);
    t.true(longestMs < 150, `${longestMs} ms without an answer`);
    const status = await lab.waitForState('h1', 'fenced', 3000);
    t.is(fenced(status)?.reason, 'an operator says: disk fails');
    t.is(fenced(status)?.until, null);
    t.regex(await lab.logs('h1'), /root \(pid \d+\) asks to fence this node \[request\]/);

    await lab.kill('h1');
    await lab.exitCode('h1');
    await lab.start('h1');
    const again = await lab.waitForState('h1', 'fenced', 2000);
    t.is(fenced(again)?.reason, 'an operator says: disk fails');
    t.true(Math.abs(Date.parse(fenced(again)?.since ?? '') - Date.parse(fenced(status)?.since ?? '')) < 500);
    await sleep(600);
    t.deepEqual(await lab.holders(), ['h2']);
    t.regex((await lab.tryLocum('h1', 'status')).stdout, /FENCED until "locum unfence": an operator says: disk fails/);

    t.is((await lab.tryLocum('h1', 'unfence')).code, 0);
    t.false(existsSync(latch(lab, 'h1')));
    await lab.waitForState('h1', 'active', 3000);
    const refused = await lab.tryLocum('h1', 'unfence');
    t.is(refused.code, 4);
    t.is(refused.stderr, 'locum: the daemon refuses: this node is not fenced\n');
    t.is(await lab.stop('h1'), 0);
    t.is((await lab.tryLocum('h1', 'fence', '--reason', 'x')).code, 3, 'no daemon runs');
  },
);

test.serial('the control socket takes JSON, and says what is wrong with it', async (t) => {
  const lab = await Lab.up(t, { hosts: 1, interval: '100ms' });
  const socket = `${lab.host('h1').dir}/run/control.sock`;
  const post = async (path: string, body: string) =>
    (await run('curl', ['-s', '-w', ' %{http_code}', '--unix-socket', socket, '-d', body, `http://locum${path}`]))
      .stdout;
  t.regex(await post('/v1/fence', 'reason=x'), /not JSON.* 400$/s);
  t.regex(await post('/v1/fence', '{}'), /the text .*reason.* 400$/s);
  t.regex(await post('/v1/fence', `{"reason":"${'x'.repeat(9000)}"}`), /larger than.* 400$/s);
  t.regex(await post('/v1/unfence', ''), /this node is not fenced.* 409$/s);
  t.regex(await post('/v1/fence', '{"reason":"maintenance"}'), /\{"fenced":true\}\n 200$/);
  t.regex(await post('/v1/unfence', ''), /\{"fenced":false\}\n 200$/);
});

test.serial(
  'a check fences: addresses gone and latch on disk before the program runs; a latch of rubbish keeps it out',
  async (t) => {
    const scratch = await Scratch.make(t);
    const notes = await scratch.shared('notes');
    const check = await scratch.script('check', `read -r what <${scratch.dir}/$LOCUM_NODE`, '[ "$what" = ok ]');
    const self = await scratch.script(
      'self',
      `ip -br addr show dev eth0 >${notes}/addresses`,
      `cat ${scratch.dir}/latch-$LOCUM_TARGET >${notes}/latch 2>&1 || cat "$(cat ${scratch.dir}/where)" >${notes}/latch`,
      `echo "$LOCUM_REASON" >${notes}/reason`,
    );
    for (const host of ['h1', 'h2']) await scratch.put(host, 'ok\n');
    const toml = [
      '[[check]]',
      'name = "disk"',
      `script = ["${check}"]`,
      'interval = "50ms"',
      'fall = 2',
      'on_fail = "fence"',
      '[fence]',
      `self = ["${self}"]`,
      'timeout = "5s"',
    ];
    const lab = await Lab.up(t, { hosts: 2, interval: '100ms', toml: toml.join('\n') });
    await scratch.put('where', latch(lab, 'h1'));
    await scratch.put('h1', 'bad\n');
    await lab.waitForState('h1', 'fenced', 3000);
    await lab.waitForState('h2', 'active', 3000);
    await lab.until(
      async () => ((await scratch.lines('notes/reason')).length > 0 ? true : null),
      3000,
      () => 'the program of its own did not run',
    );
    t.deepEqual(await scratch.lines('notes/reason'), ['check disk fails (exit 1), which fences it']);
    t.false((await scratch.lines('notes/addresses')).join().includes(lab.addresses[0] ?? '?'));
    t.regex((await scratch.lines('notes/latch')).join(), /"kind": "check"/);
    await lab.stop('h1');
    await writeFile(latch(lab, 'h1'), 'rubbish');
    await scratch.put('h1', 'ok\n');
    await lab.start('h1');
    const status = await lab.waitForState('h1', 'fenced', 2000);
    t.regex(fenced(status)?.reason ?? '', /^its latch is there and cannot be read/);
    t.is(readFileSync(latch(lab, 'h1'), 'utf8'), 'rubbish');
    t.is((await lab.tryLocum('h1', 'unfence')).code, 0);
    await lab.waitForState('h1', 'active', 3000);
  },
);

test.serial(
  'a daemon that finds three crashes of late stays out, whatever boot they were in, until unfenced',
  async (t) => {
    const lab = await Lab.up(t, { hosts: 1, interval: '100ms', daemon: false });
    const book = `${lab.host('h1').dir}/state/crashes`;
    const minuteMs = 60_000;
    const ago = (minutes: number) => `${Date.now() - minutes * minuteMs} 5000 another-boot\n`;
    // The oldest of these is too old to count, so there are two.
    await writeFile(book, `${ago(11)}${ago(2)}${ago(1)}`);
    await lab.start('h1');
    await lab.waitForState('h1', 'active', 3000);
    t.is(await lab.stop('h1'), 0);
    await writeFile(book, `${ago(3)}${ago(2)}${ago(1)}`);
    await lab.start('h1');
    const status = await lab.waitForState('h1', 'fenced', 3000);
    t.regex(fenced(status)?.reason ?? '', /3/);
    t.log(fenced(status)?.reason);
    t.true(existsSync(latch(lab, 'h1')), 'latched, as by anything else that fences');
    await sleep(600);
    t.deepEqual(await lab.holders(), []);
    t.is((await lab.tryLocum('h1', 'unfence')).code, 0);
    t.false(existsSync(book), 'an operator has seen to it');
    await lab.waitForState('h1', 'active', 3000);
  },
);

interface Armed {
  readonly lab: Lab;
  readonly scratch: Scratch;
  readonly orders: () => Promise<string[]>;
}

async function armed(
  t: ExecutionContext,
  how: string,
  keys: string[],
  options: Partial<LabOptions> = {},
): Promise<Armed> {
  const scratch = await Scratch.make(t);
  await scratch.put('agent', `${how}\n`);
  const toml = ['[fence]', `peer = ["${agent}"]`, `peer_keys = ["dir=${scratch.dir}"]`, ...keys].join('\n');
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', toml, ...options });
  await scratch.put('bridge', `${lab.host('h1').namespace.replace(/h1$/, 'bridge')}\n`);
  return { lab, scratch, orders: () => scratch.lines('orders') };
}

test.serial('a frozen holder is cut off before its group is claimed', async (t) => {
  const { lab, orders } = await armed(t, 'ok', ['timeout = "5s"']);
  const witness = await lab.answering({ everyMs: 5 });
  await lab.freeze('h1');
  const status = await lab.waitForState('h2', 'active', 3000);
  t.deepEqual(await orders(), ['off h1 h1 h2']);
  t.regex(status.groups[0]?.reason ?? '', /^h1 has been silent for/);
  const logs = await lab.logs('h2');
  t.regex(logs, /h1 has been silent for \d+ ms and is fenced \[fence-peer\]/);
  t.regex(logs, /fencing h1: exit 0 after \d+ ms, it is off \[fence-peer-ended\]/);
  // Which of the two held it first is no matter here.
  t.true(logs.indexOf('[fence-peer-ended]') < logs.lastIndexOf('claiming -> active'));
  await sleep(300);
  t.is(spanCount(await witness.stop()), 2, 'first one host, then the other, and never both');
  await lab.thaw('h1');
  await lab.waitForState('h1', 'faulted', 3000);
});

test.serial(
  'an agent that floods works; one that hangs is killed, delays no advert, and without a duty the claim goes on',
  async (t) => {
    const { lab, scratch } = await armed(t, 'hang', ['timeout = "3s"'], { hosts: 3 });
    await lab.kill('h1');
    const waiting = await lab.waitForState('h2', 'claiming', 2000);
    t.regex(waiting.groups[0]?.reason ?? '', /^h1 is being fenced/);
    const other = await lab.waitFor('h3', ({ groups }) => /h2 is claiming/.test(groups[0]?.reason ?? ''), 3000);
    t.is(other.peers.find(({ name }) => name === 'h2')?.state, 'two-way');
    const status = await lab.waitForState('h2', 'active', 12_000);
    const message = status.problems.find(({ code }) => code === 'fence-failed')?.message ?? '';
    t.regex(message, /^h1 fell silent and cannot be fenced \(timeout\): /);
    t.notRegex(await lab.logs('h3'), /peer h2: two-way -> lost/);
    await scratch.put('agent', 'flood\n');
    await lab.kill('h2');
    await lab.waitForState('h3', 'active', 8000);
    t.regex(await lab.logs('h3'), /fencing h2: exit 0 after \d+ ms, it is off, says: x{200}…/);
  },
);

test.serial(
  'peer_required: no claim while the agent fails, a problem that says so, and a claim once it works',
  async (t) => {
    const required = ['timeout = "5s"', 'peer_required = true'];
    const { lab, scratch, orders } = await armed(t, 'bad', required, { set: ['cluster.nodes=["h1", "h2"]'] });
    await lab.kill('h1');
    const stuck = await lab.waitFor('h2', ({ problems }) => problems.some(({ code }) => code === 'fence-failed'), 3000);
    t.regex(
      stuck.problems.find(({ code }) => code === 'fence-failed')?.message ?? '',
      /^h1 fell silent and cannot be fenced \(exit 1, says: no route to the switch\), so nobody claims what it held/,
    );
    await lab.until(
      async () => ((await orders()).length >= 2 ? true : null),
      5000,
      () => 'it was not tried again',
    );
    t.false((await lab.holders()).includes('h2'));
    t.not((await lab.status('h2'))?.groups[0]?.state, 'active');
    await scratch.put('agent', 'ok\n');
    const status = await lab.waitForState('h2', 'active', 8000);
    t.false(status.problems.some(({ code }) => code === 'fence-failed'));
    t.true((await orders()).length >= 3);
  },
);

test.serial("Debian's fence_dummy is told on its standard input and believed by its exit code", async (t) => {
  const scratch = await Scratch.make(t);
  await scratch.put('power', 'on');
  const toml = [
    '[fence]',
    'peer = ["fence_dummy"]',
    `peer_keys = ["type=file", "status_file=${scratch.path('power')}"]`,
    'timeout = "10s"',
    'peer_required = true',
  ];
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '100ms',
    set: ['cluster.nodes=["h1", "h2"]'],
    toml: toml.join('\n'),
  });
  await lab.kill('h1');
  await lab.waitForState('h2', 'active', 10_000);
  t.deepEqual(await scratch.lines('power'), ['off']);
  t.regex(await lab.logs('h2'), /fencing h1: exit 0 after \d+ ms, it is off, says: .*Success: Powered OFF/);
});
