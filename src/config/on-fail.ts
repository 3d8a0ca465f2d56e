// What a failing check does. "fence" is a word of the configuration that this version cannot keep.

import { type Kind, oneOf } from './kinds.ts';

const words = oneOf('fault', 'weight', 'fence');

export const onFailKind: Kind<'fault' | 'weight'> = {
  what: words.what,
  read(value, at, report) {
    const word = words.read(value, at, report);
    if (word !== 'fence') return word;
    return report.problem(at, '"fence" is not supported yet. Use "fault" or "weight".');
  },
};
