// What a scenario showed, as lines: each command at its time, each change of state with its reason,
// each problem, and each change of the set of hosts that would answer.

import type { DaemonEvent } from '#model/event';
import type { World } from '../world/world.ts';
import { Stage } from './commands.ts';

interface Line {
  readonly at: number;
  readonly text: string;
}

export function play(commands: readonly string[], intervalMs: number): string {
  const stage = new Stage(intervalMs);
  const lines: Line[] = [];
  let shown = 1;
  for (const command of commands) {
    const at = stage.world.events.now;
    stage.perform(command);
    if (!/^(host|check|common|run)\b/.test(command)) lines.push({ at, text: `> ${command}` });
    const answers = stage.world.answers.slice(shown);
    shown += answers.length;
    lines.push(...inOrder(stage.world, answers));
  }
  return merge(lines)
    .map(({ at, text }) => `${(at / 1000).toFixed(2).padStart(7)}  ${text}\n`)
    .join('');
}

/** Takes what happened since the last call out of the world. */
function inOrder(world: World, answers: World['answers']): Line[] {
  const told = world.heard.splice(0).flatMap(({ at, host, event }) => {
    const text = sentence(event);
    return text === null ? [] : [{ at, text: `${host} ${text}` }];
  });
  const seen = answers.map(({ at, hosts }) => ({ at, text: `= answers: ${hosts.join(' ') || 'nobody'}` }));
  const rounds = new Set(world.announcements.splice(0).map(({ at, host }) => `${at} ${host}`));
  const announced = [...rounds].map((round) => ({
    at: Number(round.split(' ')[0]),
    text: `${round.split(' ')[1]} announces`,
  }));
  return [...told, ...announced, ...seen].toSorted((a, b) => a.at - b.at);
}

function sentence(event: DaemonEvent): string | null {
  switch (event.code) {
    case 'group':
      return `${event.group} ${event.from} -> ${event.to}: ${words(event.reason)}`;
    case 'peer':
      return event.to === 'lost' ? `lost ${event.peer}` : null;
    case 'check':
      return `check ${event.check} ${event.from} -> ${event.to}`;
    case 'problem':
      return event.problem.code.startsWith('lease-') ? null : `! ${words(event.problem)}`;
    case 'fenced':
      return `fenced: ${words(event.cause)}`;
    case 'unfenced':
      return `unfenced by ${event.by}`;
    case 'fence-self':
      return 'runs its own fence';
    case 'fence-peer':
      return `fences ${event.peer}`;
    case 'fence-peer-ended':
      return `fenced ${event.peer}: ${words(event.outcome)}, ${event.counts ? 'it is off' : 'for nothing'}`;
    case 'problem-over':
      return `ok ${words(event.problem)}`;
    default:
      return null;
  }
}

/** The kind and every name in it; times are left out. */
function words(fact: object): string {
  const parts = Object.values(fact).filter((value) => typeof value === 'string');
  const [kind = '', ...names] = parts;
  return names.length === 0 ? kind : `${kind} ${names.join(' ')}`;
}

/** Many groups that do the same at the same moment are one line. */
function merge(lines: readonly Line[]): Line[] {
  const counted = new Map<string, { line: Line; count: number }>();
  for (const line of lines) {
    const same = line.text.replace(/ g[0-9]+ /, ' web ');
    const key = `${Math.round(line.at / 10)} ${same}`;
    const known = counted.get(key);
    if (known !== undefined && same !== line.text) known.count += 1;
    else counted.set(known === undefined ? key : `${key} ${counted.size}`, { line: { ...line, text: same }, count: 1 });
  }
  return [...counted.values()].map(({ line, count }) =>
    count === 1 ? line : { at: line.at, text: line.text.replace(' web ', ` web and ${count - 1} more `) },
  );
}
