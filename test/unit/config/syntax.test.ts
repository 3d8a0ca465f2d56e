// Text that is not TOML: one message, in words, with the right line.

import * as fc from 'fast-check';
import test from 'ava';
import { compile } from '#config/compile';
import { config, host, problemsOf } from './host.ts';

const faults: readonly (readonly [toml: string, message: string])[] = [
  ['interval = 10s', 'expected the end of the line, found "s". Text needs quotes: "10s".'],
  ['interval = 1.5ms', 'expected the end of the line, found "ms". Text needs quotes: "1.5ms".'],
  ['interface = eth0', 'expected a value, found "eth0". Text needs quotes: "eth0".'],
  [
    'key_file = /etc/locum/cluster.key',
    'expected a value, found "/etc/locum/cluster.key". Text needs quotes: "/etc/locum/cluster.key".',
  ],
  ['addresses = [192.0.2.1]', 'expected "," or "]", found ".2.1". Text needs quotes: "192.0.2.1".'],
  ['preempt = True', 'expected a value, found "True". Did you mean true?'],
  ['name = “edge”', 'expected a value, found "“". Use straight quotes: "…".'],
  ['name =', 'expected a value, found the end of the line.'],
  ['name = \u0007', 'expected a value, found "\\u0007".'],
  ['name: "edge"', 'expected "=" after the key, found ":". TOML puts "=" between key and value.'],
  ['name "edge"', 'expected "=" after the key, found "\\"".'],
  ['= 1', 'expected a key, a [table] or a comment, found "=".'],
  ['name = "edge', 'expected the quote that closes the text, found the end of the line.'],
  ['name = \'edge"', 'expected the quote that closes the text, found the end of the line.'],
  ['[cluster', 'expected the "]" that closes the name of the table, found the end of the line.'],
  ['[[group]', 'expected the "]" that closes the name of the table, found the end of the line.'],
  ['[group]]', 'expected the end of the line, found "]".'],
  ['paths = ["eth0" "eth1"]', 'expected "," or "]", found "\\"".'],
  [
    'announce = { count = 5 interval = "1s" }',
    'expected "," or "}", found "interval". Is the bracket that closes the value before it missing?',
  ],
  ['rise = 1 fall = 2', 'expected the end of the line, found "fall". Each key needs a line of its own.'],
  ['port = 010112', 'expected a number as TOML writes it, found "010112". A number does not begin with 0.'],
  ['port = 1_', 'expected a number as TOML writes it, found "1_".'],
  ['port = 99999999999999999999', 'expected a number of at most 64 bits, found a larger one.'],
  [
    'name = "a\\qb"',
    'expected an escape that TOML knows, found another after "\\". Write "\\\\" for a backslash, or use single quotes.',
  ],
  ['first = 1\nfirst = 2', '"first" is given twice. Keep one of them.'],
  ['[cluster]\n[cluster]', '"cluster" is given twice. Keep one of them.'],
  ['group = []\n[[group]]', '"group" is an array already; [[…]] cannot add to it. Use one of the two forms.'],
  [
    'node = { name = "a" }\nnode.priority = 1',
    '"node" is a table that is complete already. Write its keys in one place.',
  ],
  [`a = ${'['.repeat(40)}`, 'expected tables and arrays nested a few deep, found more than 32 in one another.'],
];

for (const [toml, message] of faults) {
  test(`not TOML: ${JSON.stringify(toml.slice(0, 40))}`, (t) => {
    const line = 3 + toml.split('\n').length;
    t.deepEqual(problemsOf(`# one\n# two\r\n\n${toml}\n\n`), [`f.toml:${line}: ${message}`]);
  });
}

test('text that ends in the middle is told from a line that does', (t) => {
  t.deepEqual(problemsOf('name = "edge'), [
    'f.toml:1: expected the quote that closes the text, found the end of the file.',
  ]);
  t.deepEqual(problemsOf('x = [1,\n2'), ['f.toml:2: expected "," or "]", found the end of the file.']);
});

const quotes = ['"', "'", '"""', "'''", '\\'];
const marks = ['[', ']', '[[', ']]', '{', '}', '=', '.', ',', '#', '\n', '\r\n', ' ', '\uFEFF', '\0'];
const names = ['cluster', 'group', 'check', 'name', 'addresses', 'interval', '__proto__', 'constructor', 'toString'];
const values = ['1', '-0', '1e400', 'inf', 'nan', 'true', '1979-05-27', '"1s"', '"192.0.2.1"', '[]', '{}', '"auto"'];
const words = fc.constantFrom(...quotes, ...marks, ...names, ...values);

test('no text makes it throw, and what is bad says why', (t) => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.tuple(fc.nat(250), words, fc.nat(4)).map(([at, word, cut]) => {
      const good = config({ group: 'announce = { count = 5 }', rest: '[safety]\nlease = "auto"' });
      return good.slice(0, at) + word + good.slice(at + cut);
    }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const compiled = compile(text, 'f.toml', host);
      if (compiled.kind === 'good') return true;
      const lines = text.split('\n').length;
      return compiled.problems.length > 0 && compiled.problems.every(({ line }) => line >= 1 && line <= lines);
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

test('any value for any key is judged without throwing', (t) => {
  const value = fc.constantFrom(
    '1',
    '-1',
    '1.5',
    'nan',
    'inf',
    'true',
    '""',
    '"x"',
    '"1s"',
    '[]',
    '["x"]',
    '[[]]',
    '{}',
    '[{}]',
    '07:32:00',
  );
  const keys = ['cluster', 'node', 'safety', 'group', 'check', 'fence', 'hooks', 'metrics', 'log'];
  const inner = [
    'name',
    'interval',
    'nodes',
    'peers',
    'paths',
    'lease',
    'gateway',
    'addresses',
    'announce',
    'script',
    'change',
    'user',
    'weight',
  ];
  const line = fc.oneof(
    fc.tuple(fc.constantFrom(...keys), value).map(([key, v]) => `${key} = ${v}`),
    fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...inner), value).map(([key, k, v]) => `${key}.${k} = ${v}`),
    fc
      .tuple(fc.constantFrom(...keys), fc.constantFrom(...inner), value)
      .map(([key, k, v]) => `[[${key}]]\n${k} = ${v}`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const compiled = compile(lines.join('\n'), 'f.toml', host);
      return compiled.kind === 'bad' && compiled.problems.length > 0;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
