// Two hosts in network namespaces, joined by a veth pair that is `eth0` at both ends, and the `ip`
// commands that tests look at them with. Everything goes when the test ends, however it ends.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export interface Pair {
  /** The namespace under test, and the one that watches it. */
  readonly here: string;
  readonly there: string;
  readonly runtimeDir: string;
}

export interface ShownAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly label?: string;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
  readonly secondary?: boolean;
  readonly tentative?: boolean;
  readonly deprecated?: boolean;
}

let pairs = 0;

export function makePair(t: ExecutionContext): Pair {
  pairs += 1;
  const here = `lcmk-${process.pid}-${pairs}-a`;
  const there = `lcmk-${process.pid}-${pairs}-b`;
  const runtimeDir = mkdtempSync(join(tmpdir(), 'lcmk-'));
  t.teardown(() => {
    for (const name of [here, there]) tryIp('netns', 'del', name);
    rmSync(runtimeDir, { recursive: true, force: true });
  });
  ip('netns', 'add', here);
  ip('netns', 'add', there);
  addLink({ here, there, runtimeDir }, 'eth0');
  ip('-n', here, 'link', 'set', 'lo', 'up');
  return { here, there, runtimeDir };
}

export function addLink(pair: Pair, name: string): void {
  ip('link', 'add', name, 'netns', pair.here, 'type', 'veth', 'peer', 'name', name, 'netns', pair.there);
  ip('-n', pair.there, 'link', 'set', name, 'up');
  ip('-n', pair.here, 'link', 'set', name, 'up');
}

export function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function sysctl(namespace: string, key: string, value: string): void {
  ip('netns', 'exec', namespace, 'sh', '-c', `echo ${value} > /proc/sys/${key}`);
}

export function shown(namespace: string, name = 'eth0'): ShownAddress[] {
  const links = JSON.parse(ip('-n', namespace, '-j', 'addr', 'show', 'dev', name)) as { addr_info?: ShownAddress[] }[];
  return links.flatMap((link) => link.addr_info ?? []).filter((address) => address.local !== undefined);
}

export function find(namespace: string, address: string, name = 'eth0'): ShownAddress | undefined {
  return shown(namespace, name).find(({ local }) => local === address);
}

function tryIp(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It was never made.
  }
}
