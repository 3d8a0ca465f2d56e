// The engine compiles a function when it runs for the first time, and a client would wait for that. So whatever a first
// takeover runs before its announcements was run in rehearsals, on the standby that it comes to. Functions without a name
// are small here, and cannot be told apart.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { Lab } from '../lab/lab.ts';

const hook = fileURLToPath(new URL('../fixtures/first-runs.js', import.meta.url));

/** What comes after the announcements, and so is let take its time: renewals, what the kernel tells, log and status. */
const afterwards = [
  '#appeared',
  '#arm',
  '#beatOn',
  '#changed',
  'after',
  'arm',
  'changed',
  'problemOf',
  'problemSentence',
  'problemWords',
  'renew',
  'write',
];
/** In front of them, but of a line or two: the ways into the real ports, and what only some takeovers have to ask. */
const short = ['addGatewayPatience', 'addPatience', 'ask', 'hold', 'isRival', 'now', 'turnSinceMet', 'unheardAt'];

const quorum = [
  'cluster.nodes=["h1", "h2", "h3"]',
  'safety.mode=quorum',
  'safety.longest_hold=1500ms',
  'h3:node.witness=true',
];

const faults = [
  { title: 'a holder that stops', hosts: 2, set: [], harm: (lab: Lab) => lab.signal('h1', 'SIGTERM') },
  { title: 'a host that is gone', hosts: 2, set: [], harm: (lab: Lab) => lab.cut('h1') },
  { title: 'a holder that stops, by votes', hosts: 3, set: quorum, harm: (lab: Lab) => lab.signal('h1', 'SIGTERM') },
];

for (const { title, hosts, set, harm } of faults) {
  test.serial(`nothing is compiled in front of the announcements: ${title}`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'locum-first-runs-'));
    t.teardown(() => rm(dir, { recursive: true }));
    const before = process.env['NODE_OPTIONS'];
    Object.assign(process.env, { NODE_OPTIONS: `--import ${hook}`, LOCUM_FIRST_RUNS: join(dir, 'h') });
    // However late the other host is, this one is a standby that never held.
    const late = 'h2:node.startup_delay=3s';
    const lab = await Lab.up(t, { hosts, interval: '100ms', set: [...set, late] }).finally(() => {
      delete process.env['LOCUM_FIRST_RUNS'];
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    });
    const pid = await lab.pid('h2');
    let rounds = 0;
    const firstRuns = async (): Promise<readonly string[]> => {
      process.kill(pid, 'SIGUSR2');
      rounds += 1;
      const read = () => readFile(join(dir, `h.${pid}.${rounds}`), 'utf8').catch(() => '');
      const text = await lab.until(
        async () => ((await read()).endsWith(']') ? await read() : null),
        5000,
        () => 'the daemon did not write down what it ran',
      );
      return JSON.parse(text) as string[];
    };
    t.true((await firstRuns()).includes('rehearse'), 'nothing was rehearsed');
    await lab.waitForState('h2', 'standby', 10_000);
    // The rehearsals are over, and a standby does nothing new.
    let quiet: readonly string[] = ['?'];
    for (let times = 0; times < 50 && quiet.length > 0; times += 1) quiet = await firstRuns();
    await harm(lab);
    await lab.waitForState('h2', 'active', 5000);
    const first = (await firstRuns()).filter((name) => name !== '');
    t.log(`ran for the first time: ${first.join(', ')}`);
    t.true(first.includes('#appeared'), 'there was no takeover, or nothing of it was written down');
    t.deepEqual(
      first.filter((name) => !afterwards.includes(name) && !short.includes(name)),
      [],
    );
  });
}
