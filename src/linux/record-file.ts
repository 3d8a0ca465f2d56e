// The record of claims on disk: which addresses a daemon put into the kernel, so that a later one,
// or `cleanup`, knows them from an administrator's. Written whole, so that a reader finds the old
// record or the new one and never half of one. Whether the kernel still has them is not here.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { list, NotWritten, oneOf, orNull, positive, table, text, whole, type WrittenAs } from './written.ts';

const FILE = 'claims.json';
/** BOUNDED: a record is written by us; a larger one is not a record. */
const MOST_ADDRESSES = 20_000;

const readClaims = table({
  version: oneOf(1),
  kernelBoot: text,
  pid: whole(1),
  boot: text,
  downMs: positive,
  lease: oneOf('nftables', 'address', 'off'),
  addresses: list(
    MOST_ADDRESSES,
    table({
      interface: text,
      index: whole(1),
      family: oneOf(4, 6),
      address: text,
      prefix: whole(0, 128),
      label: orNull(text),
    }),
  ),
});

export type ClaimsRecord = WrittenAs<typeof readClaims>;
export type ClaimedAddress = ClaimsRecord['addresses'][number];

export type ReadRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly record: ClaimsRecord }
  | { readonly kind: 'corrupt'; readonly words: string };

export function readRecord(runtimeDir: string): ReadRecord {
  const file = join(runtimeDir, FILE);
  let written: string;
  try {
    written = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' };
    return { kind: 'corrupt', words: `${file} cannot be read: ${wordsOf(error)}; no address counts as claimed` };
  }
  try {
    return { kind: 'record', record: readClaims(JSON.parse(written), '') };
  } catch (error) {
    const odd =
      error instanceof NotWritten ? `is not a record of claims at ${error.message}` : `is not JSON: ${wordsOf(error)}`;
    return { kind: 'corrupt', words: `${file} ${odd}; no address counts as claimed` };
  }
}

/** Null when it is written, otherwise what went wrong. Not synced to a disk: it means nothing after a reboot. */
export function writeRecord(runtimeDir: string, record: ClaimsRecord): string | null {
  const file = join(runtimeDir, FILE);
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(draft, file);
    return null;
  } catch (error) {
    return `${file} cannot be written: ${wordsOf(error)}`;
  }
}

/** Null when it is gone, otherwise what went wrong. */
export function removeRecord(runtimeDir: string): string | null {
  try {
    for (const name of [FILE, `${FILE}.new`]) rmSync(join(runtimeDir, name), { force: true });
    return null;
  } catch (error) {
    return `${join(runtimeDir, FILE)} cannot be removed: ${wordsOf(error)}`;
  }
}

/** A word that is another one after each boot of the kernel: what was recorded before is void then. */
export function kernelBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
