// What this host has, for whoever judges a configuration: file modes, users, interfaces, its name.
// Asked at the moment of the question, and nothing is opened or changed. Directory services are
// absent on purpose: the daemon looks users up in the same file.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { HostFacts, PathFacts } from '#model/host-facts';
import { kernelTickMs } from './kernel-tick.ts';

export interface HostFiles {
  readonly passwd: string;
  /** Of the network namespace that this process is in, unlike /sys. */
  readonly devices: string;
}

const hostFiles: HostFiles = { passwd: '/etc/passwd', devices: '/proc/self/net/dev' };

export function readHostFacts(files: HostFiles = hostFiles): HostFacts {
  return {
    hostName: hostname(),
    uid: process.geteuid?.() ?? 0,
    tickMs: kernelTickMs(),
    path: pathFacts,
    hasInterface: (name) => firstFields(files.devices).some((field) => field.trim() === name),
    hasUser: (name) => firstFields(files.passwd).includes(name),
  };
}

function pathFacts(path: string): PathFacts {
  try {
    const stat = statSync(path);
    return stat.isFile()
      ? { kind: 'file', mode: stat.mode & 0o7777, uid: stat.uid }
      : { kind: 'other', what: kindOf(stat) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'missing' } : { kind: 'unknown', error: code };
  }
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isSocket()) return 'a socket';
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isBlockDevice()) return 'a disk';
  return 'a device';
}

/** What stands before the first colon of each line. A file that is not there has no lines. */
function firstFields(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':'))] : []));
  } catch {
    return [];
  }
}
