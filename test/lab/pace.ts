// The beat of an instrument: send at absolute instants, sleep in the kernel in between, take every answer as it comes.
// Runs in slices, so that signals and the end of standard input are noticed. What could not be sent in time is skipped
// and shows as a stall: a measurement that stood still must say so.

import { setImmediate } from 'node:timers/promises';
import { monotonicMs, type RawSocket } from './raw.ts';

export interface Beat {
  readonly everyMs: number;
  /** Instants at or after which the instrument ends; 0 for as long as standard input is open. */
  readonly untilMs: number;
  send(now: number): void;
  /** One packet lies in the socket's buffer. */
  take(now: number, length: number): void;
}

export interface Paced {
  readonly startMs: number;
  readonly endMs: number;
  /** Longest time between two sends: an outage shorter than this was not seen for certain. */
  readonly stallMs: number;
  readonly stallAtMs: number;
}

interface Progress {
  next: number;
  lastSend: number;
  stall: number;
  stallAt: number;
}

const sliceMs = 50;

export async function pace(socket: RawSocket, beat: Beat): Promise<Paced> {
  const ended = endOfInput();
  // The first write sets standard output up, which takes milliseconds: now, not when a gap is to be reported.
  process.stdout.write('');
  const startMs = monotonicMs();
  const state: Progress = { next: startMs, lastSend: startMs, stall: 0, stallAt: startMs };
  for (;;) {
    slice(socket, beat, state);
    await setImmediate();
    const now = monotonicMs();
    if (ended.yes || (beat.untilMs > 0 && now >= beat.untilMs)) {
      return { startMs, endMs: now, stallMs: state.stall, stallAtMs: state.stallAt };
    }
  }
}

function slice(socket: RawSocket, beat: Beat, state: Progress): void {
  const end = monotonicMs() + sliceMs;
  for (let now = monotonicMs(); now < end; now = monotonicMs()) {
    for (let length = socket.receive(); length > 0; length = socket.receive()) beat.take(monotonicMs(), length);
    if (now >= state.next) {
      if (now - state.lastSend > state.stall) {
        state.stall = now - state.lastSend;
        state.stallAt = now;
      }
      state.lastSend = now;
      beat.send(now);
      state.next = Math.max(state.next + beat.everyMs, now);
    }
    socket.wait(state.next - monotonicMs());
  }
}

/** Who started an instrument ends it by closing its input, or by Ctrl-C on a terminal. */
function endOfInput(): { readonly yes: boolean } {
  const ended = { yes: false };
  const end = (): void => {
    ended.yes = true;
  };
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  return ended;
}
