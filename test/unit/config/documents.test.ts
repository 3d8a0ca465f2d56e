// The example and the page about configuration against the compiler: the example is good as it
// stands, the page names every key there is and no other, and quotes what is really said.

import { readFileSync } from 'node:fs';
import test from 'ava';
import { brokenAll } from './broken-all.ts';
import { config, host, problemsOf, settingsOf, warningsOf } from './host.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const example = read('etc/locum.toml');
const page = read('docs/configuration.md');

test('the example is good as it stands', (t) => {
  const settings = settingsOf(example);
  t.deepEqual(settings.auth, { kind: 'key', file: '/etc/locum/cluster.key' });
  t.deepEqual(
    settings.groups.map(({ name, priority }) => [name, priority]),
    [['web', 100]],
  );
  t.deepEqual(warningsOf(example), []);
});

test('without its interface it waits, without its key it is refused', (t) => {
  t.deepEqual(warningsOf(example, { ...host, hasInterface: () => false }).length, 1);
  t.regex(
    warningsOf(example, { ...host, hasInterface: () => false })[0] ?? '',
    /no interface "eth0" now; it is waited for/,
  );
  t.regex(
    problemsOf(example, { ...host, path: () => ({ kind: 'missing' }) })[0] ?? '',
    /Make a key with: locum keygen/,
  );
});

/** What is commented out, without the part of a line that is a remark. */
const commentedOut = example.split('\n').map((line) => line.replace(/^# (?=[a-z_]+ = |\[|\s|\]|\{)/, ''));

test('what the example shows in comments is good too', (t) => {
  const all = commentedOut
    .join('\n')
    .replaceAll(/^(paths|addresses = \["192|weight|nodes).*$/gm, '')
    .replaceAll(/"\/usr\/libexec[^"]*"/g, '"/usr/bin/check"')
    .replace('"fence_ipmilan"', '"fence_dummy"');
  t.deepEqual(problemsOf(all), []);
  const settings = settingsOf(all);
  t.is(settings.checks[0]?.name, 'haproxy');
  t.is(settings.hook?.user, 'root');
  t.deepEqual(settings.fence.peer, ['/usr/sbin/fence_dummy']);
  t.is(settings.watchdog, '/dev/watchdog');
  t.is(settings.groups[0]?.addresses.length, 2);
  t.deepEqual(settings.transport.peers, ['192.0.2.2']);
});

/** The keys of the first table after a heading. */
function keysOnPage(heading: string): readonly string[] {
  const section = page.split(`\n${heading}\n`)[1]?.split(/\n##/)[0] ?? '';
  return [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1] ?? '');
}

const sections: readonly (readonly [heading: string, toml: string])[] = [
  ['## [cluster]', config({ cluster: 'qqq = 1' })],
  ['## [node]', config({ rest: '[node]\nqqq = 1' })],
  ['## [safety]', config({ rest: '[safety]\nqqq = 1' })],
  ['## [[group]]', config({ group: 'qqq = 1' })],
  ['### An element of `addresses`', config({ addresses: '[{ address = "192.0.2.10", qqq = 1 }]' })],
  ['### `announce`', config({ group: 'announce.qqq = 1' })],
  ['## [[check]]', config({ rest: '[[check]]\nname = "c"\nscript = ["/usr/bin/check"]\nqqq = 1' })],
  ['## [fence]', config({ rest: '[fence]\nqqq = 1' })],
  ['## [hooks]', config({ rest: '[hooks]\nqqq = 1' })],
  ['## [log]', config({ rest: '[log]\nqqq = 1' })],
  ['## [metrics]', config({ rest: '[metrics]\nqqq = 1' })],
];

for (const [heading, toml] of sections) {
  test(`the page names every key of ${heading}`, (t) => {
    const said = problemsOf(toml).join('\n');
    t.is(/Known here: (.*)\.$/.exec(said)?.[1], keysOnPage(heading).join(', '));
  });
}

test('the example shows every key that is supported', (t) => {
  const keys = sections.flatMap(([heading]) => (heading === '## [metrics]' ? [] : keysOnPage(heading)));
  t.deepEqual(
    keys.filter((key) => !new RegExp(`\\b${key} = `).test(example)),
    [],
  );
});

test('the mistakes on the page are answered as it says', (t) => {
  const texts = [...brokenAll.map(({ toml }) => toml), 'interval = 10s', 'interface = eth0'];
  const said = new Set(texts.flatMap((toml) => problemsOf(toml)).map((line) => line.replace(/^f\.toml:\d+: /, '')));
  const rows = (page.split('## Typical mistakes')[1] ?? '').matchAll(/^\| .* \| `(.*)` \|$/gm);
  const quoted = [...rows].map((match) => match[1] ?? '');
  t.true(quoted.length >= 10);
  t.deepEqual(
    quoted.filter((line) => !said.has(line)),
    [],
  );
});
