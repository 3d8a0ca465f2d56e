// What `npm run sim` is asked for, or why that is no such thing: every name is known here, so that no worker meets one
// that is not.

import { parseArgs } from 'node:util';
import { type Asked, choices } from './plan.ts';

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly words: string }
  | {
      readonly kind: 'play';
      readonly asked: Asked;
      readonly seed: number | undefined;
      /** So many seeds; null: one is told as a story. */
      readonly runs: number | null;
      /** So many seconds of the story. */
      readonly storySeconds: number | undefined;
    };

export const usage = `\
npm run sim -- [--seed N] [--runs N | --hours N | --forever] [--mode NAME] [--nodes N] [--weather NAME]
               [--lease NAME] [--fence NAME] [--story SECONDS]
One seed is told as a story, many are counted. What is not asked for is drawn by the seed. Exit 1: something was found.
  --runs, --hours   so many seeds from the first on, a cluster-hour each; --forever: until something is found often
  --nodes           2 to 7
${Object.entries(choices)
  .map(([name, known]) => `  ${`--${name}`.padEnd(17)} ${known.join(', ')}\n`)
  .join('')}  --story           so many seconds of the story, 20 unless given; 0: none
`;

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  seed: { type: 'string' },
  runs: { type: 'string' },
  hours: { type: 'string' },
  forever: { type: 'boolean', default: false },
  mode: { type: 'string' },
  nodes: { type: 'string' },
  weather: { type: 'string' },
  lease: { type: 'string' },
  fence: { type: 'string' },
  story: { type: 'string' },
} as const;

class Wrong extends Error {}

export function commandLine(args: readonly string[]): CommandLine {
  try {
    return read(args);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { kind: 'wrong', words: error.message };
  }
}

function read(args: readonly string[]): CommandLine {
  const values = parsed(args);
  if (values.help) return { kind: 'help' };
  const { mode, weather, lease, fence } = values;
  for (const [name, known] of Object.entries(choices)) {
    const found = { mode, weather, lease, fence }[name];
    if (found !== undefined && !known.includes(found)) wrong(name, `one of ${known.join(', ')}`, found);
  }
  if (lease === 'off' && mode !== 'availability') wrong('lease', 'gate or address without --mode availability', lease);
  const nodes = whole(values.nodes, 'nodes');
  if (nodes !== undefined && (nodes < 2 || nodes > 7)) wrong('nodes', '2 to 7', String(nodes));
  const runs = whole(values.hours, 'hours') ?? whole(values.runs, 'runs');
  return {
    kind: 'play',
    asked: {
      ...(mode === undefined ? {} : { mode }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(weather === undefined ? {} : { weather }),
      ...(lease === undefined ? {} : { lease }),
      ...(fence === undefined ? {} : { fence }),
    },
    seed: whole(values.seed, 'seed'),
    runs: values.forever ? Number.POSITIVE_INFINITY : (runs ?? null),
    storySeconds: whole(values.story, 'story'),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Of the sentences the first says what is wrong.
    throw new Wrong(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

function whole(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text)) wrong(name, 'a whole number', text);
  return Number(text);
}

function wrong(name: string, what: string, found: string): never {
  throw new Wrong(`--${name}: expected ${what}, found ${JSON.stringify(found)}`);
}
