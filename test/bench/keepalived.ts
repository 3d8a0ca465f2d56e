// Debian's keepalived on a host of the lab, configured as its manual suggests for two equal hosts: state BACKUP on
// both, announcements left at their defaults. It runs with files of its own and dies with the lab.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Lab } from '../lab/lab.ts';

interface Choice {
  readonly priority: number;
  readonly interval: string;
}

let started = 0;

export class Keepalived {
  private readonly lab: Lab;
  private readonly base: string;

  private readonly worker: number;
  private readonly parent: number;

  private constructor(lab: Lab, base: string, worker: number, parent: number) {
    this.lab = lab;
    this.base = base;
    this.worker = worker;
    this.parent = parent;
  }

  static async start(lab: Lab, host: string, choice: Choice): Promise<Keepalived> {
    started += 1;
    const { dir, namespace } = lab.host(host);
    const base = `${dir}/keepalived-${started}`;
    await writeFile(`${base}.conf`, configuration(choice, lab.addresses[0] ?? ''));
    const log = openSync(`${base}.log`, 'w');
    const args = ['-P', '-n', '-l', '-D', '-f', `${base}.conf`, '-p', `${base}.pid`, '-r', `${base}-vrrp.pid`];
    const child = spawn('ip', ['netns', 'exec', namespace, 'keepalived', ...args], {
      stdio: ['ignore', log, log],
    });
    child.unref();
    const [worker, parent] = await lab.until(
      () => pids(base),
      5000,
      () => `keepalived did not start on ${host}: see ${base}.log`,
    );
    return new Keepalived(lab, base, worker, parent);
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

  async waitForLog(text: string, withinMs: number): Promise<void> {
    await this.lab.until(
      async () => ((await readFile(`${this.base}.log`, 'utf8')).includes(text) ? true : null),
      withinMs,
      () => `keepalived did not log '${text}' within ${withinMs} ms: see ${this.base}.log`,
    );
  }
}

/** Null until both have written theirs. */
async function pids(base: string): Promise<[worker: number, parent: number] | null> {
  const read = async (file: string) => Number(await readFile(file, 'utf8').catch(() => ''));
  const [worker, parent] = await Promise.all([read(`${base}-vrrp.pid`), read(`${base}.pid`)]);
  return worker > 0 && parent > 0 ? [worker, parent] : null;
}

function configuration({ priority, interval }: Choice, address: string): string {
  const seconds = interval.endsWith('ms') ? Number(interval.slice(0, -2)) / 1000 : Number(interval.slice(0, -1));
  // Version 2, its default, knows whole seconds only.
  const version = seconds < 1 ? 3 : 2;
  return `global_defs {
  vrrp_version ${version}
}
vrrp_instance web {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int ${seconds}
  virtual_ipaddress {
    ${address}
  }
}
`;
}
