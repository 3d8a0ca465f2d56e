// Every broken configuration of the tables, with the messages that it gives.

import type { Broken } from './broken.ts';
import { brokenCluster } from './broken-cluster.ts';
import { brokenFence } from './broken-fence.ts';
import { brokenGroups } from './broken-groups.ts';
import { brokenPrograms } from './broken-programs.ts';
import { brokenQuorum } from './broken-quorum.ts';
import { brokenSafety } from './broken-safety.ts';
import { brokenTables } from './broken-tables.ts';

export const brokenAll: readonly Broken[] = [
  ...brokenCluster,
  ...brokenFence,
  ...brokenGroups,
  ...brokenPrograms,
  ...brokenQuorum,
  ...brokenSafety,
  ...brokenTables,
];
