// Puts the daemon together and runs it until it is told to stop.

import { exitCode, Failure } from './failure.ts';
import type { Places } from './places.ts';

export function run(_options: Places): Promise<number> {
  return Promise.reject(new Failure(exitCode.failed, '"run" is not supported yet'));
}
