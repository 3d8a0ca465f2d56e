// What is no command line of the simulator is told from what is one, before anything is played.

import test from 'ava';
import { commandLine, usage } from './command-line.ts';

const mistakes: readonly (readonly [args: string, words: RegExp])[] = [
  ['--sed 1', /^Unknown option '--sed'/],
  ['extra', /^Unexpected argument 'extra'/],
  ['--seed', /'--seed <value>' argument missing/],
  ['--seed x', /^--seed: expected a whole number, found "x"$/],
  ['--hours 1.5', /^--hours: expected a whole number/],
  ['--story -1', /story/],
  ['--nodes 8', /^--nodes: expected 2 to 7, found "8"$/],
  ['--mode quorom', /^--mode: expected one of quorum, availability, found "quorom"$/],
  ['--weather rain', /^--weather: expected one of .*partitions.*, found "rain"$/],
  ['--lease gates', /^--lease: expected one of gate, address, off, found/],
  ['--fence none', /^--fence: expected one of self, peer, required, found/],
  ['--lease off', /^--lease: expected gate or address without --mode availability, found "off"$/],
];

for (const [args, words] of mistakes) {
  test(`sim ${args} is wrong usage`, (t) => {
    const read = commandLine(args.split(' '));
    t.is(read.kind, 'wrong');
    t.regex(read.kind === 'wrong' ? read.words : '', words);
  });
}

test('help is asked for, and names every weather', (t) => {
  t.is(commandLine(['--help']).kind, 'help');
  t.is(commandLine(['--seed', '1', '-h']).kind, 'help');
  t.regex(usage, /--weather .*stalls, .*quiet/);
});

test('what is asked for is passed on, and no more', (t) => {
  const blank = { kind: 'play', asked: {}, seed: undefined, runs: null, storySeconds: undefined };
  t.deepEqual(commandLine([]), blank as ReturnType<typeof commandLine>);
  t.like(commandLine(['--hours', '2000', '--seed', '5']), { runs: 2000, seed: 5 });
  t.like(commandLine(['--forever']), { runs: Number.POSITIVE_INFINITY });
  t.like(commandLine('--mode availability --nodes 3 --lease off --fence peer'.split(' ')), {
    asked: { mode: 'availability', nodes: 3, lease: 'off', fence: 'peer' },
  });
});
