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

  private constructor(lab: Lab, base: string) {
    this.lab = lab;
    this.base = base;
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
    const daemon = new Keepalived(lab, base);
    await lab.until(
      async () => ((await daemon.pids().catch(() => [])).length === 2 ? true : null),
      5000,
      () => `keepalived did not start on ${host}: see ${base}.log`,
    );
    daemon.ids = await daemon.pids();
    return daemon;
  }

  private ids: readonly number[] = [];

  /** To its worker and then to its parent, which would otherwise start another worker or end this one politely. */
  signal(name: NodeJS.Signals): void {
    for (const pid of this.ids) process.kill(pid, name);
  }

  async waitForLog(text: string, withinMs: number): Promise<void> {
    await this.lab.until(
      async () => ((await readFile(`${this.base}.log`, 'utf8')).includes(text) ? true : null),
      withinMs,
      () => `keepalived did not log '${text}' within ${withinMs} ms: see ${this.base}.log`,
    );
  }

  private async pids(): Promise<number[]> {
    const files = [`${this.base}-vrrp.pid`, `${this.base}.pid`];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return texts.map(Number).filter((pid) => pid > 0);
  }
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
