// How scripts/lab is called: its path, what a test may ask of `up`, and the arguments that this becomes.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const script = fileURLToPath(new URL('../../scripts/lab', import.meta.url));

export interface LabOptions {
  readonly hosts: number;
  readonly interval?: string;
  readonly downAfter?: number;
  readonly paths?: number;
  readonly groups?: number;
  readonly addresses?: number;
  readonly preempt?: boolean;
  readonly unicast?: boolean;
  /** The daemons find no nf_tables: their lease is the lifetime of the addresses. */
  readonly noNftables?: boolean;
  /** The daemons are scheduled as the systemd unit has it. */
  readonly realtime?: boolean;
  /** `[HOST:]SECTION.KEY=VALUE`, as for scripts/lab. */
  readonly set?: readonly string[];
  /** `[HOST:]FILE`, put at the end of the configuration. */
  readonly configExtra?: readonly string[];
  /** TOML put at the end of every host's configuration: checks, hooks. */
  readonly toml?: string;
  readonly daemon?: boolean;
  readonly wait?: 'held' | 'answering' | 'none';
}

export async function labScript(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(script, ['--name', name, ...args], { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

export function upArguments(options: LabOptions): string[] {
  const values: readonly [string, string | number | boolean | undefined][] = [
    ['--interval', options.interval],
    ['--down-after', options.downAfter],
    ['--paths', options.paths],
    ['--groups', options.groups],
    ['--addresses', options.addresses],
    ['--preempt', options.preempt],
    ['--wait', options.wait],
    ...(options.set ?? []).map((one): [string, string] => ['--set', one]),
    ...(options.configExtra ?? []).map((one): [string, string] => ['--config-extra', one]),
  ];
  const named = values.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  if (options.unicast === true) named.push('--unicast');
  if (options.noNftables === true) named.push('--no-nftables');
  if (options.realtime === true) named.push('--realtime');
  if (options.daemon === false) named.push('--no-daemon');
  return named;
}
