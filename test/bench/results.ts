// What was measured, as it is kept in docs/benchmarks/results.json: every sample of every cell, so that tables and
// charts can be drawn again, and parts measured again by themselves. Each row names the session that it comes from.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { type Spread, spreadOf } from './stats.ts';
import type { SubjectName } from './subject.ts';

/** `null` is "it never ended while we watched". */
export type Sample = Readonly<Record<string, number | null>>;

export interface Row {
  readonly cell: string;
  readonly subject: SubjectName;
  readonly session: string;
  readonly samples: readonly Sample[];
}

/** What was measured again, or not kept at all, and why. */
export interface Discarded {
  readonly cell: string;
  readonly subject: SubjectName;
  readonly why: string;
  readonly samples: readonly Sample[];
}

export interface Session {
  /** When it began. */
  readonly id: string;
  readonly runs: number;
  /** With `-dirty` where something was built that is in no commit; what an earlier session wrote into docs is not built. */
  readonly commit: string;
  readonly kernel: string;
  readonly node: string;
  readonly keepalived: string;
  readonly processors: string;
  /** How long an instrument stood still at most, in a sample that was kept. */
  readonly longestStallMs: number;
  /** How often something was measured again: an instrument stood still, or nothing could be read from it. */
  readonly repeated: number;
  /** What could not be measured, and why: nothing is kept of it. */
  readonly broken: readonly string[];
  /** Sessions before 2026-11-29 counted these only. */
  readonly discarded?: readonly Discarded[];
}

export interface Results {
  readonly sessions: readonly Session[];
  readonly rows: readonly Row[];
}

const none: Results = { sessions: [], rows: [] };

export function readResults(file: string): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : none;
}

/** New rows take the place of those of the same cell and subject; a session that no row names any more is dropped. */
export function merged(old: Results, session: Session, rows: readonly Row[]): Results {
  const key = ({ cell, subject }: Row): string => `${cell} ${subject}`;
  const fresh = new Set(rows.map(key));
  const all = [...old.rows.filter((row) => !fresh.has(key(row))), ...rows];
  const named = new Set(all.map((row) => row.session));
  return { sessions: [...old.sessions, session].filter(({ id }) => named.has(id)), rows: all };
}

/** The numbers of one measure of a cell; null where nobody measured it. */
export function spreadIn(results: Results, cell: string, subject: SubjectName, measure: string): Spread | null {
  const row = results.rows.find((one) => one.cell === cell && one.subject === subject);
  return spreadOf((row?.samples ?? []).flatMap((sample) => (measure in sample ? [sample[measure] ?? null] : [])));
}

export function environment(): Pick<Session, 'commit' | 'kernel' | 'node' | 'keepalived' | 'processors'> {
  const first = (command: string): string =>
    execFileSync('sh', ['-c', command], { encoding: 'utf8', cwd: import.meta.dirname })
      .split('\n')[0]
      ?.trim() ?? '';
  const all = cpus();
  return {
    commit: first(
      `c=$(git rev-parse --short HEAD) && { git diff --quiet HEAD -- :/ ':(top,exclude)docs' || c=$c-dirty; echo $c; } || echo unknown`,
    ),
    kernel: release(),
    node: process.versions.node,
    keepalived: first('keepalived --version 2>&1 || true').replace(/^Keepalived v(\S+).*/, '$1'),
    processors: `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}`,
  };
}
