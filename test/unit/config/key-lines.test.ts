// The line of each key, in TOML that is written as oddly as TOML allows.

import * as fc from 'fast-check';
import test from 'ava';
import { parse } from 'toml';
import { locateKeys } from '#config/key-lines';
import { problemsOf } from './host.ts';

const odd = `# [not.a.table]
top = """
[still.text]
name = "no" """ # [[nor.this]]
"quoted key" = 'it''s' # TOML would refuse the value, the scan need not
[ cluster . "a.b" ]   # spaces and dots
'single \\n' = '''
key = 1''''
escaped."\\u0041\\x42\\t" = "\\"\\\\" # = [ {
[[group]]
name = "web"
addresses = [ # a comment, with ] and "
  "192.0.2.1",

  { address = "192.0.2.2", # inline
    label = "x" }, "192.0.2.3" ]
announce.count = 5
announce.refresh = "1s"
[[group]]
[[group.sub]]
deep = 1
[[group.sub]]
deep = { a.b = [
  [1,
   2] ] }
[group.sub.table]
last = 1979-05-27 07:32:00
quotes = ["\\"]", '\\', # ] "
  "b"]
`;

const places: readonly (readonly [path: readonly (string | number)[], line: number])[] = [
  [['top'], 2],
  [['quoted key'], 5],
  [['cluster'], 6],
  [['cluster', 'a.b'], 6],
  [['cluster', 'a.b', 'single \\n'], 7],
  [['cluster', 'a.b', 'escaped'], 9],
  [['cluster', 'a.b', 'escaped', 'AB\t'], 9],
  [['group'], 10],
  [['group', 0], 10],
  [['group', 0, 'name'], 11],
  [['group', 0, 'addresses'], 12],
  [['group', 0, 'addresses', 0], 13],
  [['group', 0, 'addresses', 1, 'address'], 15],
  [['group', 0, 'addresses', 1, 'label'], 16],
  [['group', 0, 'addresses', 2], 16],
  [['group', 0, 'announce'], 17],
  [['group', 0, 'announce', 'refresh'], 18],
  [['group', 1], 19],
  [['group', 1, 'sub', 0, 'deep'], 21],
  [['group', 1, 'sub', 1], 22],
  [['group', 1, 'sub', 1, 'deep', 'a', 'b', 0, 1], 25],
  [['group', 1, 'sub', 1, 'table'], 26],
  [['group', 1, 'sub', 1, 'table', 'last'], 27],
  [['group', 1, 'sub', 1, 'table', 'quotes', 2], 29],
];

for (const [path, line] of places) {
  test(`the line of ${JSON.stringify(path)}`, (t) => {
    t.is(locateKeys(odd).lineOf(path), line);
  });
}

test('a key that is not written has the line of what would hold it', (t) => {
  const { lineOf } = locateKeys(odd);
  t.is(lineOf(['group', 1, 'name']), 19);
  t.is(lineOf(['group', 0, 'addresses', 9, 'label']), 12);
  t.is(lineOf(['nowhere', 'at', 'all']), 1);
});

test("a table's own header beats the longer one that implied it", (t) => {
  const { lineOf } = locateKeys('[cluster.sub]\nx = 1\n[cluster]\ny = 1\n');
  t.is(lineOf(['cluster']), 3);
  t.is(lineOf(['cluster', 'sub']), 1);
});

test('lines end with \\r\\n as well, and a byte order mark counts for nothing', (t) => {
  const { lineOf } = locateKeys('\uFEFF[cluster]\r\nname = """\r\na\r\n"""\r\nport = 1\r\n');
  t.is(lineOf(['cluster']), 1);
  t.is(lineOf(['cluster', 'port']), 5);
});

test('findings carry these lines', (t) => {
  const toml = `cluster = { name = "edge",
  auth = "none", # a comment
  "interval" = 5,
  paths = ["eth0",
    "a/b"] }
node."priority" = 0
group = [
  { name = "web", interface = "eth0",
    addresses = [
      "192.0.2.10",
      "nonsense",
    ] },
]
`;
  t.deepEqual(
    problemsOf(toml).map((line) => line.split(': ').slice(0, 2).join(' ')),
    [
      'f.toml:3 cluster.interval',
      'f.toml:5 cluster.paths[1]',
      'f.toml:6 node.priority',
      'f.toml:11 group[0].addresses[1]',
    ],
  );
});

/** TOML with a line of its own for each key, and the lines as they were written. */
const documents = fc
  .array(
    fc.record({
      header: fc.constantFrom('[[group]]', '[["group"]]', '[[ group ]]  # x'),
      pad: fc.array(fc.constantFrom('', '# ] [x]', '  # "'), { maxLength: 2 }),
      values: fc.array(
        fc.constantFrom(
          '1',
          '"]"',
          "'#'",
          '["a", [\'b\'], # c\n "d"]',
          '{ x = [1], "y" = "}" }',
          '"""\n[x]\n"""',
          "'''\n''x'''",
        ),
        {
          maxLength: 4,
        },
      ),
    }),
    { maxLength: 5 },
  )
  .map((groups) => {
    const lines: string[] = [];
    const expected: (readonly [readonly (string | number)[], number])[] = [];
    for (const [i, { header, pad, values }] of groups.entries()) {
      lines.push(...pad, header);
      expected.push([['group', i], lines.length]);
      for (const [j, value] of values.entries()) {
        expected.push([['group', i, `k${j}`], lines.length + 1]);
        lines.push(...`k${j} = ${value}`.split('\n'));
      }
    }
    return { text: lines.join('\n'), expected };
  });

test('every key of generated TOML is found on its line', (t) => {
  fc.assert(
    fc.property(documents, ({ text, expected }) => {
      parse(text);
      const { lineOf } = locateKeys(text);
      for (const [path, line] of expected) if (lineOf(path) !== line) return false;
      return true;
    }),
  );
  t.pass();
});

test('the scan ends on any text', (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => locateKeys(text).lineOf(['a']) >= 1));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('[', ']', '{', '}', '"', "'", '"""', '\\', '=', ',', '.', '#', '\n', 'a')),
      (parts) => locateKeys(parts.join('')).lineOf(['a']) >= 1,
    ),
  );
  t.pass();
});
