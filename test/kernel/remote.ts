// The test's end of a program inside a namespace: sends commands, collects what it tells.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Cleanup } from '#linux/claims-cleanup';
import type { AddressOutcome, Input } from '#model/input';
import type { VirtualAddress } from '#model/settings';
import type { Command, Told } from './host.ts';
import type { Pair } from './netns.ts';

type ToldInput = Extract<Told, { told: 'input' }>;
const PATIENCE_MS = 5000;

export class Remote {
  readonly process: ChildProcess;
  readonly told: Told[] = [];
  #id = 0;

  constructor(
    t: ExecutionContext,
    pair: Pair,
    lease: 'address' | 'nftables' | 'off' = 'address',
    ...more: readonly string[]
  ) {
    const host = fileURLToPath(new URL('host.js', import.meta.url));
    const program = [process.execPath, host, 'run', pair.runtimeDir, lease, ...more];
    this.process = spawn('ip', ['netns', 'exec', pair.here, ...program], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.process.stdout === null) throw new Error('the program has no output to read');
    createInterface({ input: this.process.stdout }).on('line', (line) => this.told.push(JSON.parse(line) as Told));
    t.teardown(() => this.process.kill('SIGKILL'));
  }

  async start(): Promise<Extract<Told, { told: 'start' }>> {
    return this.until((told) => told.told === 'start');
  }

  send(command: Command): void {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** What follows in a later turn, as the record does, is done: a kill from here on finds it. */
  async settled(): Promise<void> {
    const before = this.told.length;
    this.send({ do: 'counts' });
    await this.until((told): told is Told => told.told === 'counts', before);
  }

  /** `ip netns exec` becomes the program: this is its own pid. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => {
      this.process.once('exit', resolve);
    });
    this.process.kill('SIGKILL');
    await gone;
  }

  /** The end of its commands is the end of the daemon, in order. */
  async end(): Promise<void> {
    const gone = new Promise((resolve) => {
      this.process.once('exit', resolve);
    });
    this.process.stdin?.end();
    await gone;
  }

  async hold(addresses: VirtualAddress[], forMs: number | null, byMs = 5000): Promise<readonly AddressOutcome[]> {
    const id = this.nextId();
    this.send({ do: 'hold', id, addresses, forMs, byMs });
    return this.outcomes(id);
  }

  async release(addresses: VirtualAddress[]): Promise<readonly AddressOutcome[]> {
    const id = this.nextId();
    this.send({ do: 'release', id, addresses });
    return this.outcomes(id);
  }

  /** Answers nothing when all is well, so this waits only for the call to return. */
  async renew(forMs: number | null): Promise<{ id: number; ms: number }> {
    const id = this.nextId();
    return { id, ms: await this.timed({ do: 'renew', id, forMs, livePeers: 2 }) };
  }

  /** How long a command took, when it is done. */
  async timed(command: Command): Promise<number> {
    const before = this.told.length;
    this.send(command);
    const done = await this.until((told): told is Extract<Told, { told: 'done' }> => told.told === 'done', before);
    return done.ms;
  }

  async outcomes(id: number): Promise<readonly AddressOutcome[]> {
    const told = await this.until(
      (one): one is ToldInput => one.told === 'input' && one.input.kind === 'kernel' && one.input.id === id,
    );
    return told.input.kind === 'kernel' ? told.input.outcomes : [];
  }

  inputs<K extends Input['kind']>(kind: K): (Extract<Input, { kind: K }> & { wall: number })[] {
    return this.told.flatMap((told) =>
      told.told === 'input' && told.input.kind === kind
        ? [{ ...(told.input as Extract<Input, { kind: K }>), wall: told.wall }]
        : [],
    );
  }

  async until<T extends Told>(wanted: (told: Told) => told is T, from = 0): Promise<T> {
    return waitFor(() => this.told.slice(from).find(wanted));
  }

  nextId(): number {
    this.#id += 1;
    return this.#id;
  }
}

export function runCleanup(pair: Pair): Cleanup {
  const host = fileURLToPath(new URL('host.js', import.meta.url));
  const out = execFileSync('ip', ['netns', 'exec', pair.here, process.execPath, host, 'cleanup', pair.runtimeDir]);
  const told = JSON.parse(out.toString()) as Told;
  if (told.told !== 'cleanup') throw new Error(`expected the outcome of a cleanup, found ${told.told}`);
  return told.cleanup;
}

export async function waitFor<T>(look: () => T | undefined | false, patienceMs = PATIENCE_MS): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain`);
    await sleep(2);
  }
}

export function vip4(address: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  return { address, family: 4, prefix: 32, interface: 'eth0', label: null, ...more };
}

export function vip6(address: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  return { address, family: 6, prefix: 128, interface: 'eth0', label: null, ...more };
}
