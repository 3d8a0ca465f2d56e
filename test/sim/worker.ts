// Plays the seeds that it is given, one after the other, and answers with what came of each.

import { parentPort } from 'node:worker_threads';
import type { Job } from './crew.ts';
import { runSeed } from './run.ts';

parentPort?.on('message', ({ seed, asked }: Job) => {
  parentPort?.postMessage(runSeed(seed, asked), []);
});
