// The test's end of a wire port inside a namespace.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Input } from '#model/input';
import { waitFor } from './remote.ts';
import type { WireCommand, WireHostOptions, WireTold } from './wire-host.ts';

type Heard<K extends Input['kind']> = Extract<Input, { kind: K }> & { readonly ms: number };

export class WireRemote {
  readonly told: WireTold[] = [];
  readonly process: ChildProcess;

  constructor(t: ExecutionContext, namespace: string, options: WireHostOptions) {
    const host = fileURLToPath(new URL('wire-host.js', import.meta.url));
    this.process = spawn('ip', ['netns', 'exec', namespace, process.execPath, host, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.process.stdout === null) throw new Error('the program has no output to read');
    createInterface({ input: this.process.stdout }).on('line', (line) => this.told.push(JSON.parse(line) as WireTold));
    t.teardown(() => this.process.kill('SIGKILL'));
  }

  async ready(): Promise<this> {
    await this.until('ready');
    return this;
  }

  async perform(command: WireCommand): Promise<void> {
    const before = this.told.length;
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
    await waitFor(() =>
      this.told.slice(before).some(({ told }) => told === 'asked' || told === 'links' || told === 'loop'),
    );
  }

  async until<T extends WireTold['told']>(kind: T): Promise<Extract<WireTold, { told: T }>> {
    return waitFor(() => this.told.findLast((told): told is Extract<WireTold, { told: T }> => told.told === kind));
  }

  heard<K extends Input['kind']>(kind: K): Heard<K>[] {
    return this.told.flatMap((told) =>
      told.told === 'input' && told.input.kind === kind
        ? [{ ...(told.input as Extract<Input, { kind: K }>), ms: told.ms }]
        : [],
    );
  }

  get warnings(): string[] {
    return this.told.flatMap((told) => (told.told === 'warning' ? [told.words] : []));
  }
}
