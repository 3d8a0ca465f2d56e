// Debian's keepalived on a host of the lab, configured as its manual suggests for equal hosts: state BACKUP on all
// (but an address owner),
// everything that is not written here left at its default. A virtual router for each address, as locum has a group for
// each. It runs with files of its own and dies with the lab.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';

export interface Choice {
  readonly priority: number;
  readonly interval: string;
}

/** A virtual router's number is one byte, and zero is none. */
export const mostRouters = 255;

let started = 0;

export class Keepalived {
  /** Just before it was spawned, on the clock of the instruments. */
  readonly spawnedAtMs: number;
  readonly parent: number;
  private readonly worker: number;
  private readonly log: string;
  private readonly lab: Lab;

  private constructor(lab: Lab, log: string, spawnedAtMs: number, worker: number, parent: number) {
    this.lab = lab;
    this.log = log;
    this.spawnedAtMs = spawnedAtMs;
    this.worker = worker;
    this.parent = parent;
  }

  static async start(lab: Lab, host: string, choice: Choice): Promise<Keepalived> {
    started += 1;
    const { dir, namespace } = lab.host(host);
    const base = `${dir}/keepalived-${started}`;
    await writeFile(`${base}.conf`, configuration(choice, lab.addresses));
    const log = openSync(`${base}.log`, 'w');
    // -G: without a syslog daemon its messages would go to the machine's console, which takes milliseconds for each.
    const args = ['-P', '-n', '-l', '-G', '-f', `${base}.conf`, '-p', `${base}.pid`, '-r', `${base}-vrrp.pid`];
    const spawnedAtMs = monotonicMs();
    const child = spawn('ip', ['netns', 'exec', namespace, 'keepalived', ...args], {
      stdio: ['ignore', log, log],
    });
    child.unref();
    const [worker, parent] = await lab.until(
      () => pids(base),
      5000,
      () => `keepalived did not start on ${host}: see ${base}.log`,
    );
    return new Keepalived(lab, `${base}.log`, spawnedAtMs, worker, parent);
  }

  /** To its worker and to its parent, which stands still meanwhile: it would start another worker at once. */
  signal(name: NodeJS.Signals): void {
    if (name === 'SIGTERM') {
      process.kill(this.parent, name);
      return;
    }
    process.kill(this.parent, 'SIGSTOP');
    process.kill(this.worker, name);
    process.kill(this.parent, name);
  }

  /** Its log so far. */
  words(): Promise<string> {
    return readFile(this.log, 'utf8');
  }

  async waitForLog(text: string, times: number, withinMs: number): Promise<void> {
    await this.lab.until(
      async () => ((await this.words()).split(text).length > times ? true : null),
      withinMs,
      () => `keepalived did not log '${text}' ${times} times within ${withinMs} ms: see ${this.log}`,
    );
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.waitForLog('Stopped Keepalived', 1, 5000);
  }
}

/** Null until both have written theirs. */
async function pids(base: string): Promise<[worker: number, parent: number] | null> {
  const read = async (file: string) => Number(await readFile(file, 'utf8').catch(() => ''));
  const [worker, parent] = await Promise.all([read(`${base}-vrrp.pid`), read(`${base}.pid`)]);
  return worker > 0 && parent > 0 ? [worker, parent] : null;
}

function configuration({ priority, interval }: Choice, addresses: readonly string[]): string {
  if (addresses.length > mostRouters)
    throw new Error(
      `keepalived has ${mostRouters} virtual routers on an interface, and ${addresses.length} are asked for`,
    );
  const seconds = interval.endsWith('ms') ? Number(interval.slice(0, -2)) / 1000 : Number(interval.slice(0, -1));
  // Version 2, its default, knows whole seconds only.
  const version = seconds < 1 ? 3 : 2;
  // An address owner says at once that it is master, if it is told to begin as one.
  const state = priority === 255 ? 'MASTER' : 'BACKUP';
  const routers = addresses.map(
    (address, i) => `vrrp_instance web${i + 1} {
  state ${state}
  interface eth0
  virtual_router_id ${i + 1}
  priority ${priority}
  advert_int ${seconds}
  virtual_ipaddress {
    ${address}
  }
}
`,
  );
  return `global_defs {\n  vrrp_version ${version}\n}\n${routers.join('')}`;
}
