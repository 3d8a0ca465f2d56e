// When silence counts. It is judged only after a full poll of the sockets begun after the deadline,
// never because a timer fired: a late timer runs before the packets that wait. A node whose number
// still rises in another peer's echo is not lost, and one's own lateness adds to one's patience.

import { type Instant, later, latest, longAgo, never } from '#lib/time';
import type { Boot, BootPath } from './boot-state.ts';
import type { State } from './state.ts';
import { windowMs } from './timing.ts';
import { changeBoot, type Turn } from './turn.ts';

export function judgeSilence(turn: Turn): void {
  if (turn.judged === longAgo) return;
  for (const boot of turn.state.boots.values()) {
    if (boot.state === 'lost') continue;
    const paths = judgePaths(turn, boot);
    const state =
      lostAt(turn, boot) <= turn.judged ? 'lost' : echoEndsAt(turn, boot) <= turn.judged ? 'one-way' : boot.state;
    if (state === boot.state && paths === boot.paths) continue;
    changeBoot(turn, boot, { state, paths, echoedTable: state === 'two-way' ? boot.echoedTable : 0 });
    turn.stirred = true;
  }
}

/** The next instant at which some silence would begin to count. */
export function silenceWakeAt(turn: Turn, previous: State): Instant {
  // Only a deadline that has passed makes way for another one while nothing is heard.
  const known = turn.state.boots === previous.boots && previous.silenceAt > turn.now;
  if (!known) turn.state.silenceAt = nextSilence(turn);
  return turn.state.silenceAt;
}

function nextSilence(turn: Turn): Instant {
  let at = never;
  for (const boot of turn.state.boots.values()) {
    if (boot.state === 'lost') continue;
    if (boot.state === 'two-way') at = earlier(at, echoEndsAt(turn, boot));
    // What others hear of it only puts that off: they are asked where it could be the next.
    if (later(boot.lastHeardAt, boot.downMs + boot.patienceMs) < at) at = earlier(at, lostAt(turn, boot));
    for (const path of boot.paths.values()) {
      if (path.state !== 'lost') at = earlier(at, pathLostAt(boot, path));
      if (path.state === 'two-way') at = earlier(at, pathEchoEndsAt(boot, path));
      if (path.state !== 'one-way') continue;
      const answerDueAt = later(latest(path.firstHeardAt, path.echoedAt), boot.downMs);
      if (answerDueAt > turn.now) at = earlier(at, answerDueAt);
    }
  }
  return at;
}

/** As `earliest`, for two: this is asked for with every advert. */
function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

/** This node slept: the others did not fall silent in that time, it just did not listen. */
export function addPatience(turn: Turn, lateMs: number): void {
  for (const boot of turn.state.boots.values()) {
    if (boot.state !== 'lost') changeBoot(turn, boot, { patienceMs: boot.patienceMs + lateMs });
  }
}

/** Since this node stood still, if it did. */
export function wasHeardSince({ patienceMs, intervalMs }: Boot): boolean {
  return patienceMs < intervalMs;
}

export function lostAt(turn: Turn, boot: Boot): Instant {
  return later(heardAt(turn, boot), boot.downMs + boot.patienceMs);
}

/** When a number of this boot was last known to have left it. */
export function heardAt(turn: Turn, boot: Boot): Instant {
  return latest(boot.lastHeardAt, seenByOthersAt(turn, boot));
}

/** Another peer heard a number of it that never came here: its adverts leave, and get lost on our way. */
function seenByOthersAt(turn: Turn, boot: Boot): Instant {
  let at = longAgo;
  for (const other of turn.state.boots.values()) {
    if (other === boot || other.state !== 'two-way' || other.echoes.size === 0) continue;
    const echo = other.echoes.get(boot.boot);
    if (echo !== undefined && echo.sequence > boot.sequence) at = latest(at, echo.risenAt);
  }
  return at;
}

/** Another peer goes on hearing a boot that is not heard here: it lives, and may well hear what leaves here. */
export function someoneUnheard(turn: Turn): boolean {
  for (const other of turn.state.boots.values()) {
    if (other.state !== 'two-way') continue;
    for (const [id, echo] of other.echoes) {
      const boot = turn.state.boots.get(id);
      if (boot !== undefined && (boot.state !== 'lost' || echo.sequence <= boot.sequence)) continue;
      if (later(echo.risenAt, (boot ?? other).downMs) > turn.now) return true;
    }
  }
  return false;
}

/**
 * An echo rises no oftener than both speak, so at rest it may be two intervals old, and as much more as their clocks
 * differ: with a down time of two intervals that alone would look deaf.
 */
function echoEndsAt({ settings }: Turn, boot: Boot): Instant {
  const slowestMs = settings.intervalMs + boot.intervalMs + windowMs(settings);
  return later(boot.echoedAt, Math.max(boot.downMs, slowestMs) + boot.patienceMs);
}

function pathLostAt(boot: Boot, path: BootPath): Instant {
  return later(path.lastHeardAt, boot.downMs + boot.patienceMs);
}

function pathEchoEndsAt(boot: Boot, path: BootPath): Instant {
  return later(path.echoedAt, boot.downMs + boot.patienceMs);
}

function judgePaths(turn: Turn, boot: Boot): Boot['paths'] {
  let changed: Map<string, BootPath> | null = null;
  for (const [name, path] of boot.paths) {
    if (path.state === 'lost') continue;
    const state =
      pathLostAt(boot, path) <= turn.judged
        ? 'lost'
        : pathEchoEndsAt(boot, path) <= turn.judged
          ? 'one-way'
          : path.state;
    if (state === path.state) continue;
    changed ??= new Map(boot.paths);
    changed.set(name, { ...path, state });
  }
  return changed ?? boot.paths;
}
