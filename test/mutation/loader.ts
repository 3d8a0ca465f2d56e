// Changes compiled files while they are loaded; nothing on disk is touched. Which mutants are meant stands
// in LOCUM_MUTANT, as their numbers in the list: 12, or 12,15.

import type { LoadHook } from 'node:module';
import { env } from 'node:process';
import { changesOf, compiledOf, mutants } from './mutants.ts';

const chosen = (env['LOCUM_MUTANT'] ?? '').split(',').map((index) => mutants[Number(index)]);
const changes = chosen.flatMap((mutant) => (mutant === undefined ? [] : changesOf(mutant)));

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  const here = changes.filter((each) => url.endsWith(`/${compiledOf(each)}`));
  if (here.length === 0) return loaded;
  if (loaded.source === undefined) throw new Error(`${url} was loaded without its source`);
  let source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
  for (const { text, instead } of here) {
    const parts = source.split(text);
    if (parts.length !== 2) throw new Error(`expected "${text}" once in ${url}, found it ${parts.length - 1} times`);
    source = parts.join(instead);
  }
  return { ...loaded, source };
};
