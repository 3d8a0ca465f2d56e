// Runs every scenario beside this file: a title and a sentence of intent, commands, and below them
// what must happen at each pace. LOCUM_SCENARIOS=write writes down what happens now, to be read.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { play } from './record.ts';

const folder = new URL('../../test/scenarios/', import.meta.url);
const paces = { '1s': 1000, '100ms': 100 };
const write = process.env['LOCUM_SCENARIOS'] === 'write';

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  test(file.slice(0, -'.txt'.length), (t) => {
    const url = new URL(file, folder);
    const text = readFileSync(url, 'utf8');
    const head = text.split(/^---- /m)[0]?.trimEnd() ?? '';
    const happened = `${head}\n\n${show(commandsOf(head))}`;
    if (write) writeFileSync(url, happened);
    t.is(happened, write ? happened : text);
    t.regex(happened, /-> /, 'a scenario in which nothing happens shows nothing');
  });
}

function commandsOf(head: string): string[] {
  return head.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function show(commands: readonly string[]): string {
  return Object.entries(paces)
    .map(([pace, intervalMs]) => `---- at ${pace}\n${play(commands, intervalMs)}`)
    .join('\n');
}
