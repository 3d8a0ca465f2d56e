// `npm run sim -- [--seed N] [--runs N | --hours N | --forever] [--mode NAME] [--nodes N] [--weather NAME]
// [--lease NAME] [--fence NAME]`: one seed is told as a story, many are counted. Exit 1 when something was found.

import { env, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { playAll } from './crew.ts';
import type { Asked } from './plan.ts';
import type { Outcome } from './run.ts';
import { storyOf } from './story.ts';
import { replayCommand, Tally } from './tally.ts';

const storyMs = 20_000;

/** One defect is often found by many seeds: so many are told of, then it is enough. */
const mostFindings = 20;
/** With the story of these; of the others what replays them. */
const mostStories = 5;
/** Where no terminal shows each hour, a line this often. */
const progressMs = 60_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    hours: { type: 'string' },
    forever: { type: 'boolean', default: false },
    mode: { type: 'string' },
    nodes: { type: 'string' },
    weather: { type: 'string' },
    lease: { type: 'string' },
    fence: { type: 'string' },
    /** So many seconds of the story. */
    story: { type: 'string' },
  },
});

function whole(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text)) throw new Error(`--${name}: expected a whole number, found ${text}`);
  return Number(text);
}

const nodes = whole(values.nodes, 'nodes');
if (nodes !== undefined && (nodes < 2 || nodes > 7)) throw new Error(`--nodes: expected 2 to 7, found ${nodes}`);
const asked: Asked = {
  ...(values.mode === undefined ? {} : { mode: values.mode }),
  ...(nodes === undefined ? {} : { nodes }),
  ...(values.weather === undefined ? {} : { weather: values.weather }),
  ...(values.lease === undefined ? {} : { lease: values.lease }),
  ...(values.fence === undefined ? {} : { fence: values.fence }),
};
const several = values.forever || values.runs !== undefined || values.hours !== undefined;
const first = whole(values.seed, 'seed') ?? (values.forever ? Date.now() % 1_000_000_000 : 1);
const runs = values.forever ? Number.POSITIVE_INFINITY : (whole(values.hours ?? values.runs, 'runs') ?? 1);
const tally = new Tally();
const began = performance.now();
let saidAt = began;

await playAll({
  first,
  runs,
  asked,
  taken(outcome) {
    tally.take(outcome);
    showProgress();
    if (outcome.finding !== null) tell(outcome);
    return tally.findings.length < mostFindings;
  },
});
if (!several && tally.findings.length === 0) tellStory(first, 'as it ended');
if (stdout.isTTY) stdout.write('\r');
for (const line of several || env['CI'] === 'true' ? tally.details() : []) console.log(line);
console.log(tally.summary((performance.now() - began) / 1000));
exit(tally.findings.length === 0 ? 0 : 1);

function showProgress(): void {
  const now = performance.now();
  if (stdout.isTTY) stdout.write(`\r${tally.summary((now - began) / 1000)}`);
  if (stdout.isTTY || now - saidAt < progressMs) return;
  saidAt = now;
  console.log(tally.summary((now - began) / 1000));
}

function tell({ seed, words, finding }: Outcome): void {
  if (tally.findings.length <= mostStories) tellStory(seed, words);
  else console.log(`\nseed ${seed}: ${words}\n${finding?.checker}: ${finding?.words}\n${replay(seed)}`);
}

function tellStory(seed: number, words: string): void {
  console.log(`\nseed ${seed}: ${words}`);
  const lastMs = values.story === undefined ? storyMs : 1000 * (whole(values.story, 'story') ?? 0);
  for (const line of storyOf(seed, asked, lastMs)) console.log(line);
  console.log(replay(seed));
}

function replay(seed: number): string {
  return `replay it with: ${replayCommand(seed, asked)}`;
}
