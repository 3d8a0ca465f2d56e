// Takes away what a dead daemon left: exactly the addresses that its record names and that are still
// ours, then the record, and the tables of its gate. Whether a daemon lives on this runtime directory is for the caller to ask first.

import type { AddressKey } from '#model/input';
import { deleteAddress } from './address-message.ts';
import { judgeRecord } from './claims-ownership.ts';
import { removeGate } from './gate-open.ts';
import { EADDRNOTAVAIL, ENODEV, errnoWords } from './netlink-errno.ts';
import { openHostWatch } from './netlink-watch.ts';
import { removeBeat } from './record-beat.ts';
import { kernelBootId, readRecord, removeRecord } from './record-file.ts';
import { RouteSocket } from './route-socket.ts';

export interface Cleanup {
  readonly removed: readonly AddressKey[];
  readonly skipped: readonly { readonly key: AddressKey; readonly why: string }[];
  /** Not removed though they are ours: the record stays, so that it can be tried again. */
  readonly failed: readonly { readonly key: AddressKey; readonly why: string }[];
  /** The name of the tables that were the gate, when there were any. They go last: until then nothing answers. */
  readonly gate: string | null;
  /** What was wrong with the record itself, or with the gate. */
  readonly trouble: string | null;
}

type CleanedAddresses = Omit<Cleanup, 'gate'>;

export async function cleanup(runtimeDir: string): Promise<Cleanup> {
  const addresses = await cleanAddresses(runtimeDir);
  if (addresses.failed.length > 0) return { ...addresses, gate: null };
  const { removed, trouble } = removeGate(runtimeDir);
  return { ...addresses, gate: removed, trouble: addresses.trouble ?? trouble };
}

async function cleanAddresses(runtimeDir: string): Promise<CleanedAddresses> {
  const read = readRecord(runtimeDir);
  if (read.kind !== 'record') {
    return { removed: [], skipped: [], failed: [], trouble: read.kind === 'corrupt' ? read.words : null };
  }
  const watch = await openHostWatch();
  const socket = new RouteSocket();
  try {
    const verdicts = judgeRecord(read.record, kernelBootId(), watch.state);
    const ours = verdicts.filter((verdict) => verdict.notOurs === null);
    const errnos = socket.execute(ours.map(({ claimed }) => deleteAddress(claimed)));
    const results = ours.map(({ key }, i) => ({ key, errno: errnos[i] ?? 0 }));
    // Gone already: a primary of the same subnet took it along.
    const gone = results.filter(({ errno }) => errno === 0 || errno === EADDRNOTAVAIL || errno === ENODEV);
    const failed = results.filter((result) => !gone.includes(result));
    const trouble = failed.length > 0 ? null : (removeRecord(runtimeDir) ?? removeBeat(runtimeDir));
    return {
      removed: gone.map(({ key }) => key),
      skipped: verdicts.flatMap(({ key, notOurs }) => (notOurs === null ? [] : [{ key, why: notOurs }])),
      failed: failed.map(({ key, errno }) => ({ key, why: errnoWords(errno) })),
      trouble,
    };
  } finally {
    socket.close();
    watch.close();
  }
}
