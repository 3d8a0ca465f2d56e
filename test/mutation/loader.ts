// Changes compiled files while they are loaded; nothing on disk is touched. Which mutants are meant stands
// in LOCUM_MUTANT, as their numbers in the list: 12, or 12,15.

import type { LoadHook } from 'node:module';
import { env } from 'node:process';
import { changesOf, compiledOf, mutants } from './mutants.ts';

const changes = (env['LOCUM_MUTANT'] ?? '').split(',').flatMap((number) => {
  const mutant = /^[0-9]+$/.test(number) ? mutants[Number(number)] : undefined;
  if (mutant === undefined) throw new Error(`LOCUM_MUTANT: expected numbers of mutants, found "${number}"`);
  return changesOf(mutant);
});

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
