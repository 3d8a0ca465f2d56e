// Puts the parts of a daemon together: kernel, sockets, scripts, control socket, and the loop between
// them. Nothing is decided here; the order in which things open and close is what this file owns.

import { createHash, randomBytes } from 'node:crypto';
import { describeSettings } from '#config/describe';
import { sharedSettings } from '#config/shared';
import { downMs } from '#core/timing';
import { AddressPort } from '#linux/address-port';
import { AdvertSockets } from '#linux/advert-sockets';
import { AdvertSpeaker } from '#linux/advert-speaker';
import { Announcer } from '#linux/announce-port';
import { CheckRunner } from '#linux/check-runner';
import { readStartFacts } from '#linux/claims-start';
import { ForeignReporter } from '#linux/foreign-reporter';
import { HookRunner } from '#linux/hook-runner';
import { LinkReporter } from '#linux/link-facts';
import { LoopTimer } from '#linux/loop-timer';
import { MonotonicClock } from '#linux/monotonic-clock';
import { openHostWatch } from '#linux/netlink-watch';
import { ServiceManager } from '#linux/service-manager';
import type { Input } from '#model/input';
import type { Settings } from '#model/settings';
import { openControlServer } from '#ops/control-server';
import { type LogJournal, openJournal } from '#ops/log-journal';
import { reasonSentence } from '#ops/sentences';
import { statusSentence } from '#ops/status-sentence';
import { keyWords } from '#ops/words';
import type { KeyedHash } from '#ports/keyed-hash';
import { Daemon } from '#runtime/daemon';
import { coalesced } from './coalesced.ts';
import { statusOf } from './daemon-status.ts';
import { controlSocket, type Places } from './places.ts';
import { untilStopped } from './signals.ts';
import { version } from './version.ts';
import { warmUp } from './warm-up.ts';

/** How long hooks may run on after the signal. Systemd and people wait a second; the rest is for closing. */
const stopWithinMs = 800;

export async function runDaemon(settings: Settings, hash: KeyedHash, places: Places): Promise<void> {
  const clock = new MonotonicClock();
  const journal = openJournal(settings.log, () => clock.wall());
  const warn = (words: string): void => journal.say('warning', 'warning', words);
  const service = new ServiceManager({ environment: process.env, pid: process.pid, log: warn });
  const identity = { boot: randomBytes(8).toString('hex'), configHash: configHashOf(settings), release: version() };
  const offer = (input: Input): void => daemon.offer(input);

  const watch = await openHostWatch();
  const start = readStartFacts(places.runtimeDir, watch.state);
  for (const words of start.words) warn(words);
  const announcer = new Announcer(watch, warn);
  const kernel = new AddressPort({
    watch,
    clock,
    offer,
    warn,
    left: start.left,
    runtimeDir: places.runtimeDir,
    boot: identity.boot,
    downMs: downMs(settings),
    lease: settings.lease,
  });
  const sockets = openSockets(settings, clock, journal, (path, from, bytes) => daemon.packet(path, from, bytes));
  const timer = new LoopTimer({
    clock,
    wake: () => offer({ kind: 'wake' }),
    polled: (begun) => offer({ kind: 'polled', begun }),
    waiting: () => sockets.drain(),
  });
  const checks = new CheckRunner({ checks: settings.checks, node: settings.node, offer });
  const hooks = new HookRunner({
    hook: settings.hook,
    node: settings.node,
    describe: reasonSentence,
    offer,
    log: warn,
  });

  let released = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    released = resolve;
  });
  const tellNow = (): void => {
    const view = daemon.view();
    if (view !== null) service.status(statusSentence(view));
  };
  const tellService = coalesced(tellNow);
  const speaker = new AdvertSpeaker(sockets, offer);
  const daemon: Daemon = new Daemon(settings, identity, {
    clock,
    timer,
    speaker,
    hash,
    kernel,
    announcer,
    checks,
    hooks,
    service: {
      // The sentence first, so that whoever waited for a ready daemon finds one.
      ready: () => {
        tellNow();
        service.ready();
      },
      beat: () => service.beat(),
      stopping: () => service.stopping(),
    },
    journal: {
      write: (event) => {
        journal.write(event);
        tellService();
      },
    },
    exit: () => released(),
  });
  const control = await openControlServer({
    path: controlSocket(places),
    config: () => describeSettings(settings).json,
    status: statusOf(settings, identity, daemon, sockets, clock),
    onFault: warn,
  });

  journal.say('info', 'start', `locum ${identity.release} starts as ${settings.node} in cluster ${settings.cluster}`);
  sockets.linksChanged(start.facts.links);
  daemon.start(start.facts);
  warmUp(settings, identity, { hash, kernel, announcer });
  const links = new LinkReporter(
    watch,
    (address) => kernel.isOurs(address),
    start.facts.links,
    (input) => {
      if (input.kind === 'links') sockets.linksChanged(input.links);
      offer(input);
    },
  );
  const addresses = settings.groups.flatMap((group) => group.addresses);
  const foreign = new ForeignReporter(watch, kernel, addresses, offer);
  // The watchdog is fed after a step of the loop that really ran: so one has to run often enough.
  const beats = every(service.watchdogIntervalMs, () => offer({ kind: 'wake' }));

  const stoppedAt = await untilStopped(clock, ended, {
    stop: (signal) => {
      // What is said about it comes after it is done.
      offer({ kind: 'stop' });
      service.stopping();
      journal.say('info', 'stop', `${signal}: handing over and releasing`);
    },
    reload: () => journal.say('warning', 'reload', 'SIGHUP: reload is not supported yet; nothing was changed'),
  });

  clearInterval(beats);
  timer.close();
  links.close();
  foreign.close();
  checks.close();
  const hooksMs = Math.max(0, stopWithinMs - (clock.now() - stoppedAt));
  await Promise.all([hooks.finish(hooksMs), control.close(), sockets.close()]);
  const kept = kernel.close();
  announcer.close();
  watch.close();
  if (kept.length === 0) journal.say('info', 'end', 'everything is released; locum ends');
  else
    journal.say(
      'error',
      'end',
      `not released: ${kept.map(keyWords).join(', ')}; locum ends, and "locum cleanup" takes them away`,
    );
  service.close();
  journal.close();
}

function openSockets(
  settings: Settings,
  clock: MonotonicClock,
  journal: LogJournal,
  sink: ConstructorParameters<typeof AdvertSockets>[0]['sink'],
): AdvertSockets {
  const report = {
    path: (path: string, words: string | null) => {
      if (words === null) journal.say('info', 'path', `path ${path} is open`, { path });
      else journal.say('warning', 'path', `path ${path}: ${words}`, { path });
    },
  };
  return new AdvertSockets({ transport: settings.transport, clock, sink, report });
}

function configHashOf(settings: Settings): string {
  return createHash('sha256').update(sharedSettings(settings)).digest('hex').slice(0, 16);
}

function every(ms: number | null, act: () => void): NodeJS.Timeout | undefined {
  return ms === null ? undefined : setInterval(act, ms);
}
