// The life of a daemon, from the first part that is opened to the last one that is closed. Nothing is
// decided here; the order in which things begin and end is what this file owns.

import { quorumFault } from '#config/resolve-quorum';
import { ForeignReporter } from '#linux/foreign-reporter';
import { LinkReporter } from '#linux/link-facts';
import { MonotonicClock } from '#linux/monotonic-clock';
import { currentScheduling } from '#linux/scheduling';
import type { Instant } from '#lib/time';
import type { Settings } from '#model/settings';
import { openJournal } from '#ops/log-journal';
import { schedulingProblem, schedulingWords } from '#ops/scheduling-words';
import { keyWords } from '#ops/words';
import type { KeyedHash } from '#ports/keyed-hash';
import { openLease } from './daemon-lease.ts';
import { type Ground, openParts, type Parts } from './daemon-parts.ts';
import { exitCode, Failure } from './failure.ts';
import type { Places } from './places.ts';
import { Signals } from './signals.ts';
import { warmUp } from './warm-up.ts';

/** How long hooks may run on after the signal. Systemd and people wait a second; the rest is for closing. */
const stopWithinMs = 800;

export async function runDaemon(asked: Settings, hash: KeyedHash, places: Places): Promise<void> {
  const clock = new MonotonicClock();
  const journal = openJournal(asked.log, () => clock.wall());
  const signals = new Signals(clock, () => {
    journal.say('warning', 'reload', 'SIGHUP: reload is not supported yet; nothing was changed');
  });
  const lease = openLease(asked, places, clock, journal);
  // Where there is no gate the lease is longer, and promises may be too short for it.
  const fault = quorumFault(lease.settings);
  if (fault !== null) throw new Failure(exitCode.configuration, fault);
  const ground: Ground = { ...lease, hash, places, clock, journal };
  const parts = await openParts(ground).catch((error: unknown) => {
    throw startFailure(error);
  });
  // A defect of ours ends the process at once, and what was to be told last tells most about it.
  process.once('exit', () => parts.afterwards.flush());
  const watchers = start(ground, parts);
  const stoppedAt = await signals.untilStopped(parts.ended, (signal) => {
    // What is said about it comes after it is done.
    parts.daemon.offer({ kind: 'stop' });
    parts.service.stopping();
    journal.say('info', 'stop', `${signal}: handing over and releasing`);
  });
  watchers.close();
  await close(ground, parts, stoppedAt);
}

function start({ settings, hash, journal }: Ground, parts: Parts): { close(): void } {
  const { identity, facts, asleepMs, sockets, daemon, kernel, announcer, wire, watch, service, watchdog } = parts;
  const { sleepAlarm } = parts;
  journal.say('info', 'start', `locum ${identity.release} starts as ${settings.node} in cluster ${settings.cluster}`);
  sayScheduling(settings, journal);
  sockets.linksChanged(facts.links);
  daemon.start(facts, asleepMs);
  const addresses = settings.groups.flatMap((group) => group.addresses);
  kernel.prepare(addresses);
  const endWarmUp = warmUp(settings, identity, { hash, kernel, announcer, wire, sleepAlarm });
  const links = new LinkReporter(
    watch,
    (address) => kernel.isOurs(address),
    facts.links,
    (input) => {
      if (input.kind === 'links') {
        sockets.linksChanged(input.links);
        kernel.prepare(addresses);
      }
      daemon.offer(input);
    },
  );
  const foreign = new ForeignReporter(watch, kernel, addresses, (input) => daemon.offer(input));
  // Watchdogs are fed after a step of the loop that really ran: so one has to run often enough.
  const beats = [service.watchdogIntervalMs, watchdog?.everyMs ?? null].map((ms) =>
    every(ms, () => daemon.offer({ kind: 'wake' })),
  );
  return {
    close: () => {
      endWarmUp();
      for (const beat of beats) clearInterval(beat);
      links.close();
      foreign.close();
    },
  };
}

/** A warning, and no failure: a host may refuse what the unit asks for, and a daemon that is late now and then beats none. */
function sayScheduling({ intervalMs }: Settings, journal: Ground['journal']): void {
  const scheduling = currentScheduling();
  const problem = schedulingProblem(scheduling, intervalMs);
  if (problem === null) journal.say('info', 'scheduling', `the main loop runs with ${schedulingWords(scheduling)}`);
  else journal.say('warning', 'scheduling', problem);
}

/** Everything is let go of and said: what is left are hooks, for as long as there is time, and descriptors. */
async function close({ clock, journal }: Ground, parts: Parts, stoppedAt: Instant): Promise<void> {
  const {
    timer,
    sleepAlarm,
    checks,
    hooks,
    fence,
    operators,
    control,
    sockets,
    kernel,
    announcer,
    wire,
    watch,
    service,
    watchdog,
    afterwards,
  } = parts;
  timer.close();
  afterwards.flush();
  sleepAlarm.close();
  wire.close();
  checks.close();
  fence.close();
  operators.close();
  const hooksMs = Math.max(0, stopWithinMs - (clock.now() - stoppedAt));
  await Promise.all([hooks.finish(hooksMs), control.close(), sockets.close()]);
  const kept = kernel.close();
  announcer.close();
  watch.close();
  if (kept.length === 0) journal.say('info', 'end', 'everything is released; locum ends');
  else {
    const words = kept.map(keyWords).join(', ');
    journal.say('error', 'end', `not released: ${words}; locum ends, and "locum cleanup" takes them away`);
  }
  watchdog?.close(kept.length === 0);
  service.close();
  journal.close();
}

/** What a host lacks is said in a line; a defect of ours keeps its stack, which its repair needs. */
function startFailure(error: unknown): unknown {
  const isDefect = !(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError;
  return isDefect ? error : new Failure(exitCode.failed, `the daemon cannot start: ${error.message}`);
}

function every(ms: number | null, act: () => void): NodeJS.Timeout | undefined {
  return ms === null ? undefined : setInterval(act, ms);
}
