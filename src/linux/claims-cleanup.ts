// Takes away what a dead daemon left: exactly the addresses that its record names and that are still
// ours, then the record. Whether a daemon lives on this runtime directory is for the caller to ask first.

import type { AddressKey } from '#model/input';
import { deleteAddress } from './address-message.ts';
import { judgeRecord } from './claims-ownership.ts';
import { NetlinkBatches } from './netlink-batch.ts';
import { EADDRNOTAVAIL, ENODEV, errnoWords } from './netlink-errno.ts';
import { openHostWatch } from './netlink-watch.ts';
import { removeBeat } from './record-beat.ts';
import { kernelBootId, readRecord, removeRecord } from './record-file.ts';

export interface Cleanup {
  readonly removed: readonly AddressKey[];
  readonly skipped: readonly { readonly key: AddressKey; readonly why: string }[];
  /** Not removed though they are ours: the record stays, so that it can be tried again. */
  readonly failed: readonly { readonly key: AddressKey; readonly why: string }[];
  /** What was wrong with the record itself. */
  readonly trouble: string | null;
}

export async function cleanup(runtimeDir: string): Promise<Cleanup> {
  const read = readRecord(runtimeDir);
  if (read.kind !== 'record') {
    return { removed: [], skipped: [], failed: [], trouble: read.kind === 'corrupt' ? read.words : null };
  }
  const watch = await openHostWatch();
  const batches = new NetlinkBatches();
  try {
    const verdicts = judgeRecord(read.record, kernelBootId(), watch.state);
    const ours = verdicts.filter((verdict) => verdict.notOurs === null);
    const errnos = await new Promise<readonly number[]>((resolve) => {
      batches.execute(
        ours.map(({ claimed }) => deleteAddress(claimed)),
        resolve,
      );
    });
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
    batches.close();
    watch.close();
  }
}
