import test from 'ava';
import { statusDocument } from '#ops/status';
import { statusTable } from '#ops/status-table';
import { at80, at120 } from './expected-tables.ts';
import { facts, moment, view } from './fixture.ts';

const status = statusDocument(view, facts, moment);
const codes = ['32', '31', '33', '2', '1', '0'].map((code) => `\u001B[${code}m`);

function lines(width: number | null): string[] {
  return statusTable(status, { width, colour: false }).split('\n');
}

test('at 120 columns', (t) => {
  t.is(lines(120).join('\n'), at120);
});

test('at 80 columns', (t) => {
  t.is(lines(80).join('\n'), at80);
});

test('into a pipe: one line for each group, with everything on it', (t) => {
  const group = lines(null).find((line) => line.startsWith('web2'));
  t.regex(
    group ?? '',
    /^web2 +active +lb1 +10 min +130 of 150 +192\.0\.2\.10\/32 eth0, 2001:db8::10\/128 eth0 \(missing\) +lb2 has been silent for 3012 ms$/,
  );
});

test('no line is longer than the terminal, at any usual width', (t) => {
  for (let width = 60; width <= 200; width += 1) {
    for (const line of lines(width)) t.true(line.length <= width, `${width}: ${line}`);
  }
});

test('groups are sorted as people count', (t) => {
  const names = lines(null).flatMap((line) => /^(web2|web10|db) /.exec(line)?.[1] ?? []);
  t.deepEqual(names, ['db', 'web2', 'web10']);
});

test('colour changes nothing but the colour', (t) => {
  const coloured = statusTable(status, { width: 100, colour: true });
  t.true(coloured.includes('\u001B[32mactive\u001B[0m'));
  t.true(coloured.includes('\u001B[31mfaulted\u001B[0m'));
  const bare = codes.reduce((text, code) => text.replaceAll(code, ''), coloured);
  t.is(bare, statusTable(status, { width: 100, colour: false }));
});

test('an address where it should not be, or missing, is marked', (t) => {
  const text = lines(null).join('\n');
  t.regex(text, /2001:db8::10\/128 eth0 \(missing\)/);
  t.regex(text, /192\.0\.2\.20\/32 eth0 \(still here\)/);
  t.notRegex(text, /192\.0\.2\.30\/32 eth0 \(/);
});

test('the output of a check cannot speak to the terminal', (t) => {
  t.false(lines(null).join('\n').includes('\u001B'));
  t.regex(lines(null).join('\n'), /no route \| to host/);
});

test('a node without groups, peers and problems says so', (t) => {
  const bare = statusDocument({ ...view, groups: [], peers: [], checks: [], problems: [] }, facts, moment);
  const text = statusTable(bare, { width: 80, colour: false });
  t.regex(text, /groups: none configured/);
  t.regex(text, /peers: none heard so far/);
  t.notRegex(text, /PROBLEM|CHECK/);
});

test('300 groups are 300 lines, and quick', (t) => {
  const groups = Array.from({ length: 300 }, (_, i) => ({ ...view.groups[2], name: `g${i}` })) as typeof view.groups;
  const begun = performance.now();
  const many = statusTable(statusDocument({ ...view, groups }, facts, moment), { width: 120, colour: true });
  t.true(performance.now() - begun < 500);
  t.is(many.split('\n').filter((line) => /^g\d/.test(line)).length, 300);
});
