// `locum keygen`: a new cluster key in a file for its owner alone. What is there stays there.

import { createKeyFile } from '#linux/key-file';
import { exitCode, Failure } from './failure.ts';
import { defaultKeyFile } from './places.ts';

export function keygen(file: string = defaultKeyFile): Promise<number> {
  if (file === '') throw new Failure(exitCode.usage, 'keygen needs the name of a file, not an empty word');
  const trouble = createKeyFile(file);
  if (trouble !== null) throw new Failure(exitCode.failed, trouble);
  process.stdout.write(`a new key is in ${file}; every node of the cluster needs the same file, mode 0600\n`);
  return Promise.resolve(exitCode.done);
}
