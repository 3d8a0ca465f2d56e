// Changes one compiled file while it is loaded; nothing on disk is touched. Which mutant it is stands
// in LOCUM_MUTANT, as its number in the list.

import type { LoadHook } from 'node:module';
import { env } from 'node:process';
import { compiledOf, mutants } from './mutants.ts';

const mutant = mutants[Number(env['LOCUM_MUTANT'])];
const changes = mutant === undefined ? [] : mutant.also === undefined ? [mutant] : [mutant, mutant.also];

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  const change = changes.find((each) => url.endsWith(`/${compiledOf(each)}`));
  if (change === undefined) return loaded;
  if (loaded.source === undefined) throw new Error(`${url} was loaded without its source`);
  const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
  const [before, after, ...more] = source.split(change.text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`expected "${change.text}" once in ${url}, found it ${source.split(change.text).length - 1} times`);
  }
  return { ...loaded, source: `${before}${change.instead}${after}` };
};
