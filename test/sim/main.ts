// `npm run sim`, as command-line.ts says: one seed is told as a story, many are counted. Exit 1 when something was found,
// 2 when nothing was played because of how it was asked for.

import { argv, env, exit, stderr, stdout } from 'node:process';
import { commandLine, usage } from './command-line.ts';
import { jobs, playAll } from './crew.ts';
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

const line = commandLine(argv.slice(2));
if (line.kind === 'help') {
  stdout.write(usage);
  exit(0);
}
if (line.kind === 'wrong') {
  stderr.write(`${line.words}\n${usage}`);
  exit(2);
}
const { asked, storySeconds } = line;
const several = line.runs !== null;
const runs = line.runs ?? 1;
const first = line.seed ?? (runs === Number.POSITIVE_INFINITY ? Date.now() % 1_000_000_000 : 1);
const tally = new Tally();
const began = performance.now();
let saidAt = began;

await playAll(jobs(first, runs, asked), (outcome) => {
  tally.take(outcome);
  showProgress();
  if (outcome.finding !== null) tell(outcome);
  return tally.findings.length < mostFindings;
});
if (!several && storySeconds !== 0 && tally.findings.length === 0) tellStory(first, 'as it ended');
if (stdout.isTTY) stdout.write('\r');
for (const detail of several || env['CI'] === 'true' ? tally.details() : []) console.log(detail);
// An exit before a pipe has taken all of it would cut the end off.
const last = `${tally.summary((performance.now() - began) / 1000)}\n`;
stdout.write(last, () => exit(tally.findings.length === 0 ? 0 : 1));

function showProgress(): void {
  const now = performance.now();
  if (stdout.isTTY) stdout.write(`\r${tally.summary((now - began) / 1000)}`);
  if (stdout.isTTY || now - saidAt < progressMs) return;
  saidAt = now;
  console.log(tally.summary((now - began) / 1000));
}

function tell({ seed, words, finding }: Outcome): void {
  if (storySeconds !== 0 && tally.findings.length <= mostStories) tellStory(seed, words);
  else console.log(`\nseed ${seed}: ${words}\nFOUND by ${finding?.checker}: ${finding?.words}\n${replay(seed)}`);
}

function tellStory(seed: number, what: string): void {
  console.log(`\nseed ${seed}: ${what}`);
  const lastMs = storySeconds === undefined ? storyMs : 1000 * storySeconds;
  for (const words of storyOf(seed, asked, lastMs)) console.log(words);
  console.log(replay(seed));
}

function replay(seed: number): string {
  return `replay it with: ${replayCommand(seed, asked)}`;
}
