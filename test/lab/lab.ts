// The lab as tests see it: a thin hand over scripts/lab, which does the work for people and tests alike. Owns what a
// test needs besides: waiting for events within a bound, and that nothing is left, whatever way the test ends.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Description, type Host, readDescription } from './description.ts';
import { type AnsweringSummary, Instrument, type InstrumentChoice, type ProbeSummary } from './instrument.ts';
import { type LabOptions, labScript, script, upArguments } from './lab-script.ts';
import { monotonicMs } from './raw.ts';
import { askStatus, type Status } from './status.ts';

const run = promisify(execFile);
const pollMs = 10;

/** What an ava test gives, and little enough for a script to give too. */
export interface Owner {
  readonly passed: boolean;
  log(...values: unknown[]): void;
  teardown(end: () => Promise<void>): void;
}

export interface Cut {
  readonly path?: number;
  /** Without it the link goes down; the others lose frames and leave it up. */
  readonly way?: 'in' | 'out' | 'silent';
}

/** How a command ended that was let fail. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const live = new Set<Lab>();
let made = 0;

export class Lab {
  readonly description: Description;

  private constructor(description: Description) {
    this.description = description;
  }

  static async up(owner: Owner, options: LabOptions): Promise<Lab> {
    made += 1;
    // Its own, also when two are made side by side.
    const name = `t${process.pid}-${made}`;
    if (made === 1) await prepareProcess();
    await runUp(name, options);
    const lab = new Lab(readDescription(`${process.env['LOCUM_LAB_BASE'] ?? '/run/locum-lab'}/${name}`));
    live.add(lab);
    owner.teardown(async () => {
      if (!owner.passed) owner.log(await lab.lastWords());
      await lab.down();
    });
    if (options.daemon !== false && options.wait === undefined) await lab.settled();
    return lab;
  }

  get addresses(): readonly string[] {
    return this.description.addresses;
  }

  host(name: string): Host {
    const found = this.description.hosts.find((host) => host.name === name);
    if (found === undefined) throw new Error(`no host ${name} in this lab`);
    return found;
  }

  /** A command on a host, on `client` or on `bridge`; its standard output. */
  async exec(host: string, ...command: string[]): Promise<string> {
    return this.script('exec', host, ...command);
  }

  async locum(host: string, ...args: string[]): Promise<string> {
    return this.exec(host, 'locum', ...args);
  }

  /** As `locum`, for a command that may fail: how it ended, and what it said. */
  async tryLocum(host: string, ...args: string[]): Promise<Ended> {
    const { namespace, dir } = this.host(host);
    const command = ['netns', 'exec', namespace, `${dir}/bin/locum`, ...args];
    try {
      return { code: 0, ...(await run('ip', command, { timeout: 10_000 })) };
    } catch (error) {
      return error as Ended;
    }
  }

  /** Null when no daemon answers there. */
  status(host: string): Promise<Status | null> {
    return askStatus(this.host(host).dir);
  }

  /** The first status that fits. */
  async waitFor(host: string, fits: (status: Status) => boolean, withinMs: number, what = 'status'): Promise<Status> {
    let last: Status | null = null;
    return this.until(
      async () => {
        last = await this.status(host);
        return last !== null && fits(last) ? last : null;
      },
      withinMs,
      () => `${host}: no fitting ${what} within ${withinMs} ms; last: ${JSON.stringify(last)}`,
    );
  }

  /** The host's group `web`, or the one named, is in this state. */
  waitForState(host: string, state: string, withinMs: number, group = 'web'): Promise<Status> {
    const fits = (status: Status) => status.groups.some((g) => g.name === group && g.state === state);
    return this.waitFor(host, fits, withinMs, `state ${state} of ${group}`);
  }

  /**
   * The first host, which ranks best, holds everything and the others stand by. Who is up first may hold first; where
   * nobody preempts, a test gives the others a `startup_delay`.
   */
  private async settled(): Promise<void> {
    const all = (state: string) => (status: Status) => status.groups.every((group) => group.state === state);
    for (const [i, { name }] of this.description.hosts.entries()) {
      await this.waitFor(name, all(i === 0 ? 'active' : 'standby'), 10_000, 'settled state');
    }
  }

  /** Asks again every few milliseconds until the answer is not null. */
  async until<T>(ask: () => Promise<T | null>, withinMs: number, otherwise: () => string): Promise<T> {
    const end = performance.now() + withinMs;
    for (;;) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (performance.now() >= end) throw new Error(otherwise());
      await sleep(pollMs);
    }
  }

  /** Whose kernel has the address now, whatever the daemons believe. */
  async holders(address = this.addresses[0]): Promise<string[]> {
    const found = await Promise.all(
      this.description.hosts.map(async ({ name }) =>
        (await this.kernelAddresses(name)).includes(address) ? [name] : [],
      ),
    );
    return found.flat();
  }

  /** Waits until just these hosts have the address. */
  async waitForHolders(hosts: readonly string[], withinMs: number, address = this.addresses[0]): Promise<void> {
    let last: string[] = [];
    await this.until(
      async () => {
        last = await this.holders(address);
        return last.join() === hosts.join() ? true : null;
      },
      withinMs,
      () =>
        `${address}: expected on ${hosts.join(', ') || 'nobody'} within ${withinMs} ms, found ${last.join(', ') || 'nobody'}`,
    );
  }

  async kernelAddresses(host: string): Promise<(string | undefined)[]> {
    const { stdout } = await run('ip', ['-n', this.host(host).namespace, '-j', 'addr', 'show']);
    const links = JSON.parse(stdout) as { readonly addr_info?: readonly { readonly local?: string }[] }[];
    return links.flatMap((link) => (link.addr_info ?? []).map(({ local }) => local));
  }

  /** The name of the host whose MAC the client's neighbour cache has for the address; null when it knows none. */
  async clientBelieves(address = this.addresses[0]): Promise<string | null> {
    const { stdout } = await run('ip', ['-n', this.description.client.namespace, '-j', 'neigh', 'show', 'dev', 'eth0']);
    const known = JSON.parse(stdout) as { readonly dst: string; readonly lladdr?: string }[];
    const mac = known.find(({ dst }) => dst === address)?.lladdr;
    return this.description.hosts.find((host) => host.mac === mac)?.name ?? null;
  }

  /** The daemon's process; the lab records it with the time it started. */
  async pid(host: string): Promise<number> {
    return Number((await readFile(`${this.host(host).dir}/pid`, 'utf8')).split(' ')[0]);
  }

  /** Returns the instant just before the signal, on the clock of the instruments. */
  async signal(host: string, signal: NodeJS.Signals): Promise<number> {
    const pid = await this.pid(host);
    const atMs = monotonicMs();
    process.kill(pid, signal);
    return atMs;
  }

  kill(host: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    return this.signal(host, signal);
  }

  freeze(host: string): Promise<number> {
    return this.signal(host, 'SIGSTOP');
  }

  thaw(host: string): Promise<number> {
    return this.signal(host, 'SIGCONT');
  }

  /** SIGTERM, and how the daemon ended. */
  async stop(host: string): Promise<number> {
    await this.script('stop', host);
    return this.exitCode(host);
  }

  /** As a shell counts: 128 + the signal's number when one killed it. */
  exitCode(host: string, withinMs = 2000): Promise<number> {
    const file = `${this.host(host).dir}/exit`;
    const read = async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text === '' ? null : Number(text);
    };
    return this.until(read, withinMs, () => `${host}: its daemon has not ended within ${withinMs} ms`);
  }

  async start(host: string): Promise<void> {
    await this.script('start', host);
  }

  async cut(host: string, { path, way }: Cut = {}): Promise<void> {
    const where = path === undefined ? [] : ['--path', String(path)];
    await this.script('cut', host, ...where, ...(way === undefined ? [] : [`--${way}`]));
  }

  /** `in`: nothing reaches the host. `out`: nothing that it sends arrives. */
  oneWay(host: string, way: 'in' | 'out', path?: number): Promise<void> {
    return this.cut(host, path === undefined ? { way } : { way, path });
  }

  /** A host, or `all`. */
  async heal(host: string, path?: number): Promise<void> {
    await this.script('heal', host, ...(path === undefined ? [] : ['--path', String(path)]));
  }

  async partition(...sides: readonly (readonly string[])[]): Promise<void> {
    await this.script('partition', ...sides.map((side) => side.join(' ')));
  }

  /** Instead of every partition before it. */
  async partitionInstead(...sides: readonly (readonly string[])[]): Promise<void> {
    await this.script('partition', '--instead', ...sides.map((side) => side.join(' ')));
  }

  /** The client's view, a request every millisecond. */
  probe(choice: InstrumentChoice = {}): Promise<Instrument<ProbeSummary>> {
    return Instrument.start<ProbeSummary>('probe', this.description, choice);
  }

  /** Every host asked by its MAC: who answers, and do two. */
  answering(choice: InstrumentChoice = {}): Promise<Instrument<AnsweringSummary>> {
    return Instrument.start<AnsweringSummary>('answering', this.description, choice);
  }

  logs(host: string): Promise<string> {
    return readFile(`${this.host(host).dir}/log`, 'utf8').catch(() => '');
  }

  async lastWords(lines = 25): Promise<string> {
    const parts = this.description.hosts.map(async ({ name }) => {
      const tail = (await this.logs(name)).trimEnd().split('\n').slice(-lines);
      return [`--- ${name}, last lines of its log`, ...tail].join('\n');
    });
    return (await Promise.all(parts)).join('\n');
  }

  async down(): Promise<void> {
    await this.script('down');
    live.delete(this);
  }

  /** For a process that is about to end and cannot wait. */
  downNow(): void {
    spawnSync(script, ['--name', this.description.name, 'down']);
    live.delete(this);
  }

  private script(...args: string[]): Promise<string> {
    return labScript(this.description.name, args);
  }
}

async function runUp(name: string, options: LabOptions): Promise<void> {
  const args = ['up', String(options.hosts), '--owner', String(process.pid), ...upArguments(options)];
  if (options.toml === undefined) {
    await labScript(name, args);
    return;
  }
  const dir = await mkdtemp(join(tmpdir(), 'locum-lab-'));
  try {
    await writeFile(`${dir}/extra.toml`, options.toml);
    await labScript(name, [...args, '--config-extra', `${dir}/extra.toml`]);
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Once per process: tidy after one that was killed, and be sure to tidy after this one. */
async function prepareProcess(): Promise<void> {
  await run(script, ['sweep']);
  const removeAll = (): void => {
    for (const lab of live) lab.downNow();
  };
  process.on('exit', removeAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeAll();
      process.kill(process.pid, signal);
    });
  }
}
