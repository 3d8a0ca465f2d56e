// Wrong usage ends with 2 and one line on standard error; help and version end with 0 on standard output.

import test from 'ava';
import { locum } from './program.ts';

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /no command is given/],
  [['--config', 'x.toml'], /no command is given/],
  [['statsu'], /unknown command 'statsu' \(did you mean status\?\)/],
  [['help', 'bogus'], /unknown command 'bogus'/],
  [['status', '--jsno'], /unknown option '--jsno' \(did you mean --json\?\)/],
  [['--jsn', 'status'], /unknown option '--jsn'/],
  [['status', 'extra'], /too many arguments for 'status'/],
  [['keygen', 'a', 'b'], /too many arguments for 'keygen'/],
  [['status', '--runtime-dir'], /'--runtime-dir <dir>' argument missing/],
  [['status', '--config='], /--config needs a path/],
  [['keygen', ''], /keygen needs the name of a file/],
];

for (const [args, words] of mistakes) {
  test(`locum ${args.map((word) => JSON.stringify(word)).join(' ')} is wrong usage`, async (t) => {
    const { code, out, err } = await locum(args);
    t.is(code, 2);
    t.is(out, '');
    t.regex(err, words);
    t.regex(err, /^locum: [^\n]+\n$/);
  });
}

const planned: readonly (readonly string[])[] = [
  ['events', '--follow'],
  ['explain', 'web'],
  ['drain', 'web', '--for', '3s'],
  ['undrain'],
  ['promote', 'web'],
  ['reload'],
  ['doctor', '--json'],
  ['completion', 'bash'],
  ['drain', '--help'],
];

for (const args of planned) {
  test(`locum ${args.join(' ')} is not supported yet`, async (t) => {
    t.deepEqual(await locum(args), { code: 2, out: '', err: `locum: "${args[0]}" is not supported yet\n` });
  });
}

test('help names the commands that there are, and none that there are not', async (t) => {
  for (const args of [['help'], ['--help'], ['-h']]) {
    const { code, out, err } = await locum(args);
    t.is(code, 0);
    t.is(err, '');
    for (const name of ['run', 'check', 'status', 'fence', 'unfence', 'cleanup', 'keygen', 'version'])
      t.regex(out, new RegExp(`^  ${name}\\b`, 'm'));
    t.notRegex(out, /^ {2}(drain|reload|doctor)\b/m);
  }
});

test('every command explains itself, with the options for all', async (t) => {
  for (const name of ['run', 'check', 'status', 'fence', 'unfence', 'cleanup', 'keygen', 'version']) {
    const { code, out } = await locum(['help', name]);
    t.is(code, 0);
    t.regex(out, new RegExp(`^Usage: locum ${name}`));
    t.regex(out, /--runtime-dir <dir>/);
  }
});

test('version, in words and in JSON', async (t) => {
  const { code, out } = await locum(['version']);
  t.is(code, 0);
  t.regex(out, /^locum \d+\.\d+\.\d+\n$/);
  t.is((await locum(['--version'])).out, out);
  const json = JSON.parse((await locum(['version', '--json'])).out) as { version: string };
  t.is(`locum ${json.version}\n`, out);
});
