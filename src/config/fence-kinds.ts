// The kinds of value that only [fence] has: how long a fence lasts, which agent, and what it is told.

import type { FenceKey } from '#model/settings';
import { absolutePath, command, duration, isWord, type Kind, noDuration } from './kinds.ts';
import { expected } from './wording.ts';

const lasting = duration(1000, 365 * 24 * 3_600_000);

export const release: Kind<number | 'manual'> = {
  what: '"manual" or a duration',
  read(value, at, report) {
    if (value === 'manual') return 'manual';
    if (typeof value === 'string' && /^\d/.test(value)) return lasting.read(value, at, report);
    return report.problem(at, noDuration(value, '"manual" or '));
  },
};

/** As any command, or its first word is the bare name of a program. */
export const agent: Kind<readonly string[]> = {
  what: 'a program and its arguments, such as ["fence_ipmilan"] or ["/usr/libexec/locum/fence-peer"]',
  read(value, at, report) {
    const [program, ...rest]: readonly unknown[] = Array.isArray(value) ? value : [];
    if (typeof program !== 'string' || !isWord(program)) {
      const isText = typeof program === 'string' && program.length > 0;
      if (isText && absolutePath.read(program, [...at, 0], report) === undefined) return undefined;
      return isText ? command.read(value, at, report) : report.problem(at, expected(this.what, value));
    }
    const read = command.read([`/${program}`, ...rest], at, report);
    return read && [program, ...read.slice(1)];
  },
};

export const fenceKey: Kind<FenceKey> = {
  what: 'a key for the agent such as "username=locum", or "lb1:ip=192.0.2.101" for one node alone',
  read(value, at, report) {
    const match = typeof value === 'string' ? /^(?:([^:=]+):)?([a-z][a-z0-9_-]*)=([^\p{Cc}]*)$/u.exec(value) : null;
    const [, node = null, key = '', text = ''] = match ?? [];
    if (match === null || (node !== null && !isWord(node))) return report.problem(at, expected(this.what, value));
    if (key === 'action' || key === 'nodename')
      return report.problem(at, `locum itself says "${key}" to the agent. Leave it out.`);
    return { node, key, value: text };
  },
};
