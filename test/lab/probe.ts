// A client that asks a virtual address every millisecond and writes down when it got no answer. It uses the client's
// own stack, so a neighbour cache that points to the wrong host costs here what it costs a real client.
// Writes JSON lines: `answered` once, `gap` as each ends, `summary` at the end. Instants are CLOCK_MONOTONIC in ms.

import { isIP } from 'node:net';
import { instrumentOptions, micro, report } from './description.ts';
import { pace } from './pace.ts';
import { echoedNumber, echoRequest, stampEcho } from './packets.ts';
import { becomeRealtime, monotonicMs, RawSocket } from './raw.ts';

/** Bounded: later gaps are counted and not listed. */
const gapsKept = 1000;

interface Gap {
  readonly startMs: number;
  readonly endMs: number;
  readonly ms: number;
}

// Fewer than `gapBeats` requests without an answer are under way, or we ourselves stood still.
const { to, everyMs, forMs, gapBeats } = instrumentOptions();
const socket = RawSocket.echo(to);
const realtime = becomeRealtime();
const family = isIP(to);
const id = process.pid & 0xffff;
const request = echoRequest(family, id);
const messageAt = family === 6 ? 0 : 20;

const gaps: Gap[] = [];
let sent = 0;
let answers = 0;
let longestMs = 0;
let firstSendMs = 0;
let lastAnswerMs = 0;
let newestAnswered = 0;
let sentAtLastAnswer = 0;

function noteGap(startMs: number, endMs: number): void {
  const ms = endMs - startMs;
  longestMs = Math.max(longestMs, ms);
  const gap = { startMs: micro(startMs), endMs: micro(endMs), ms: micro(ms) };
  if (gaps.length < gapsKept) gaps.push(gap);
  report({ kind: 'gap', ...gap });
}

const paced = await pace(socket, {
  everyMs,
  untilMs: forMs > 0 ? monotonicMs() + forMs : 0,
  send: (now) => {
    if (sent === 0) firstSendMs = now;
    sent += 1;
    stampEcho(request, sent);
    socket.send(request);
  },
  take: (now, length) => {
    const number = echoedNumber(socket.data, length, messageAt, id);
    if (number < 1) return;
    if (answers === 0) report({ kind: 'answered', atMs: micro(now), afterMs: micro(now - firstSendMs) });
    else if (sent - sentAtLastAnswer > gapBeats) noteGap(lastAnswerMs, now);
    answers += 1;
    newestAnswered = Math.max(newestAnswered, number);
    lastAnswerMs = now;
    sentAtLastAnswer = sent;
  },
});

// A silence that lasts to the end is an outage too; what is merely under way is not.
const silentAtEnd = sent - sentAtLastAnswer > gapBeats;
if (answers > 0 && silentAtEnd) noteGap(lastAnswerMs, paced.endMs);
report({
  kind: 'summary',
  to,
  realtime,
  startMs: micro(paced.startMs),
  endMs: micro(paced.endMs),
  sent,
  answers,
  lost: Math.max(0, (silentAtEnd ? sent : newestAnswered) - answers),
  /** Of the gaps; 0 without any. */
  longestMs: micro(longestMs),
  stallMs: micro(paced.stallMs),
  stallAtMs: micro(paced.stallAtMs),
  gaps,
});
