// Each event of the daemon as one log line: level, stable code, fields for machines and a message for
// people, in text or JSON. When to log is the core's choice; where the line goes is the journal's.

import type { DaemonEvent } from '#model/event';
import type { CheckOutcome } from '#model/input';
import type { LogLevel } from '#model/settings';
import type { GroupState, PeerState } from '#model/view';
import { causeSentence } from './fence-sentences.ts';
import { problemSentence, problemWords } from './problem-sentences.ts';
import { reasonSentence } from './sentences.ts';
import { durationWords, oneLine, outcomeWords } from './words.ts';

export interface LogRecord {
  readonly level: LogLevel;
  /** Stable: scripts filter on it. */
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type LogStyle =
  | { readonly format: 'json' | 'text'; readonly stamp: 'wall' }
  /** The journal keeps the time itself and reads the level from a `<N>` in front (sd-daemon(3)). */
  | { readonly format: 'json' | 'text'; readonly stamp: 'priority' };

const severity: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, info: 6, debug: 7 };

export function passes(level: LogLevel, threshold: LogLevel): boolean {
  return severity[level] <= severity[threshold];
}

export function renderRecord(record: LogRecord, style: LogStyle, wallMs: number): string {
  const ts = new Date(wallMs).toISOString();
  const priority = style.stamp === 'priority' ? `<${severity[record.level]}>` : '';
  if (style.format === 'json') {
    const { level, code, message, fields } = record;
    return `${priority}${JSON.stringify({ ts, level, code, message, ...fields })}\n`;
  }
  const head = style.stamp === 'priority' ? priority : `${ts} ${record.level} `;
  return `${head}${oneLine(record.message)} [${record.code}]\n`;
}

export function recordOf(event: DaemonEvent): LogRecord {
  switch (event.code) {
    case 'group': {
      const { group, from, to, reason } = event;
      const message = `${group}: ${from} -> ${to}: ${reasonSentence(reason)}`;
      return recordAs(levelOfGroup(to), event.code, message, { group, from, to, reason });
    }
    case 'peer': {
      const { peer, from, to } = event;
      return recordAs(levelOfPeer(to), event.code, `peer ${peer}: ${from} -> ${to}: ${peerWords(to)}`, {
        peer,
        from,
        to,
      });
    }
    case 'path': {
      const { peer, path, from, to } = event;
      const message = `peer ${peer} on ${path}: ${from} -> ${to}: ${peerWords(to)}`;
      return recordAs(levelOfPeer(to), event.code, message, { peer, path, from, to });
    }
    case 'check': {
      const { check, from, to, outcome, output } = event;
      const message = `check ${check}: ${from} -> ${to}: ${outcomeWords(outcome)}${outputWords(output)}`;
      return recordAs(to === 'failing' ? 'warning' : 'info', event.code, message, { check, from, to, outcome, output });
    }
    case 'link':
      return recordAs(event.to === 'up' ? 'info' : 'warning', event.code, linkMessage(event), {
        interface: event.interface,
        to: event.to,
      });
    case 'problem': {
      const { problem } = event;
      const level = grave.has(problem.code) ? 'error' : 'warning';
      return recordAs(level, `problem ${problem.code}`, problemSentence(problem), { problem });
    }
    case 'problem-over': {
      const { problem } = event;
      return recordAs('info', `problem-over ${problem.code}`, `over: ${problemWords(problem).what}`, { problem });
    }
    case 'hook-failed': {
      const { group, outcome, output } = event;
      const message = `${group}: the change hook failed: ${outcomeWords(outcome)}${outputWords(output)}`;
      return recordAs('warning', event.code, message, { group, outcome, output });
    }
    case 'fenced': {
      const { cause, forMs } = event;
      const until = forMs === null ? 'until "locum unfence"' : `for ${durationWords(forMs)}`;
      return recordAs('warning', event.code, `this node is fenced ${until}: ${causeSentence(cause)}`, {
        cause,
        for_ms: forMs,
      });
    }
    case 'unfenced': {
      const why = event.by === 'operator' ? 'an operator says so' : 'its time is up';
      return recordAs('info', event.code, `this node is fenced no more: ${why}`, { by: event.by });
    }
    case 'fence-self': {
      const { outcome, ms, output } = event;
      const message = `the program of this node's own fence ended: ${outcomeWords(outcome)}${outputWords(output)}`;
      return recordAs(isGood(outcome) ? 'info' : 'error', event.code, message, { outcome, ms: Math.round(ms), output });
    }
    case 'fence-peer': {
      const { peer, silentMs } = event;
      const silent =
        silentMs === null
          ? 'has not been heard for so long that it is forgotten,'
          : `has been silent for ${durationWords(silentMs)}`;
      const silent_ms = silentMs === null ? null : Math.round(silentMs);
      return recordAs('warning', event.code, `${peer} ${silent} and is fenced`, { peer, silent_ms });
    }
    case 'fence-peer-ended': {
      const { peer, outcome, ms, output, counts } = event;
      const worth = counts
        ? 'it is off'
        : isGood(outcome)
          ? 'but it was heard meanwhile, so this counts for nothing'
          : 'it may be on';
      const message = `fencing ${peer}: ${outcomeWords(outcome)} after ${durationWords(ms)}, ${worth}${outputWords(output)}`;
      return recordAs(counts ? 'warning' : 'error', event.code, message, {
        peer,
        outcome,
        ms: Math.round(ms),
        output,
        counts,
      });
    }
    case 'late':
      return recordAs('warning', event.code, `the main loop ran ${durationWords(event.lateMs)} late`, {
        late_ms: Math.round(event.lateMs),
      });
    case 'slept':
      return recordAs('warning', event.code, `this host was suspended for ${durationWords(event.ms)}`, {
        ms: Math.round(event.ms),
      });
  }
}

/** Problems that can cost an answer or give two of them, as against those that only take away spare parts. */
const grave: ReadonlySet<string> = new Set([
  'dual-holder',
  'duplicate-name',
  'address-stuck',
  'path-unsendable',
  'fence-failed',
  'fence-survived',
  'latch-unwritten',
]);

function isGood(outcome: CheckOutcome): boolean {
  return outcome.kind === 'exit' && outcome.code === 0;
}

function recordAs(level: LogLevel, code: string, message: string, fields: LogRecord['fields']): LogRecord {
  return { level, code, message, fields };
}

function levelOfGroup(to: GroupState): LogLevel {
  return to === 'faulted' || to === 'fenced' ? 'warning' : 'info';
}

function levelOfPeer(to: PeerState): LogLevel {
  return to === 'two-way' ? 'info' : 'warning';
}

function peerWords(to: PeerState): string {
  switch (to) {
    case 'two-way':
      return 'both hear each other';
    case 'one-way':
      return 'it is heard and does not hear this node';
    case 'lost':
      return 'it is silent';
  }
}

function linkMessage(event: Extract<DaemonEvent, { code: 'link' }>): string {
  switch (event.to) {
    case 'up':
      return `interface ${event.interface} is up`;
    case 'down':
      return `the link of ${event.interface} is down`;
    case 'missing':
      return `interface ${event.interface} does not exist`;
  }
}

function outputWords(output: string): string {
  const line = oneLine(output);
  return line === '' ? '' : `, says: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`;
}
