// Opens everything that a daemon needs and ties it together: kernel, sockets, scripts, control socket,
// and the loop between them. Nothing runs yet, and no address has been touched. What cannot be
// opened is an error; what is open by then ends with the process.

import { createHash, randomBytes } from 'node:crypto';
import { describeSettings } from '#config/describe';
import { sharedSettings } from '#config/shared';
import { authorityMs, downMs } from '#core/timing';
import { AddressPort } from '#linux/address-port';
import { AdvertSockets } from '#linux/advert-sockets';
import { AdvertSpeaker } from '#linux/advert-speaker';
import { Announcer, announceSliceMs } from '#linux/announce-port';
import { CheckRunner } from '#linux/check-runner';
import { readStartFacts } from '#linux/claims-start';
import type { Gate } from '#linux/gate';
import { GatheredPackets } from '#linux/gathered-packets';
import { FenceRunner } from '#linux/fence-runner';
import { latchAtStart } from '#linux/fence-start';
import { HookRunner } from '#linux/hook-runner';
import { type LatchClocks, latchClocks, LatchFile } from '#linux/latch-file';
import { LoopTimer } from '#linux/loop-timer';
import { type HostWatch, openHostWatch } from '#linux/netlink-watch';
import { WatchdogDevice } from '#linux/watchdog-device';
import { socketUser } from '#linux/socket-user';
import { ServiceManager } from '#linux/service-manager';
import { SleepAlarm } from '#linux/sleep-alarm';
import { guardSleep } from '#runtime/sleep-guard';
import { WireSockets } from '#linux/wire-sockets';
import { VoterMemory } from '#linux/voter-memory';
import type { Input, StartFacts } from '#model/input';
import type { Settings } from '#model/settings';
import { type ControlServer, openControlServer } from '#ops/control-server';
import type { LogJournal } from '#ops/log-journal';
import { causeSentence } from '#ops/fence-sentences';
import { reasonSentence } from '#ops/sentences';
import { statusSentence } from '#ops/status-sentence';
import type { Clock } from '#ports/clock';
import type { KeyedHash } from '#ports/keyed-hash';
import { incomparable } from '#core/config-hash';
import { Daemon } from '#runtime/daemon';
import type { Identity } from '#runtime/identity';
import { Afterwards } from './afterwards.ts';
import { coalesced } from './coalesced.ts';
import { statusOf } from './daemon-status.ts';
import { Operators } from './operators.ts';
import { controlSocket, type Places } from './places.ts';
import { version } from './version.ts';

/** What is known before anything is opened. */
export interface Ground {
  readonly settings: Settings;
  /** For a lease of nf_tables, and for no other. */
  readonly gate: Gate | null;
  readonly hash: KeyedHash;
  readonly places: Places;
  readonly clock: Clock;
  readonly journal: LogJournal;
}

export interface Parts {
  readonly identity: Identity;
  readonly service: ServiceManager;
  readonly watchdog: WatchdogDevice | null;
  readonly watch: HostWatch;
  /** What an earlier daemon left, for the first step. */
  readonly facts: StartFacts;
  /** How long the host had been suspended when those were read. */
  readonly asleepMs: number;
  readonly announcer: Announcer;
  readonly wire: WireSockets;
  readonly kernel: AddressPort;
  readonly sockets: AdvertSockets;
  readonly timer: LoopTimer;
  readonly sleepAlarm: SleepAlarm;
  readonly checks: CheckRunner;
  readonly hooks: HookRunner;
  readonly fence: FenceRunner;
  readonly operators: Operators;
  readonly daemon: Daemon;
  readonly control: ControlServer;
  readonly afterwards: Afterwards;
  /** Everything is released and said. */
  readonly ended: Promise<void>;
}

export async function openParts({ settings, gate, hash, places, clock, journal }: Ground): Promise<Parts> {
  const warn = (words: string): void => journal.say('warning', 'warning', words);
  const offer = (input: Input): void => daemon.offer(input);
  const { node } = settings;
  const identity = { boot: randomBytes(8).toString('hex'), configHash: configHashOf(settings), release: version() };
  const service = new ServiceManager({ environment: process.env, pid: process.pid, log: warn });

  const watch = await openHostWatch();
  const asleepMs = clock.suspendedMs();
  const { facts: found, left, words: odd } = readStartFacts(places.runtimeDir, watch.state, asleepMs);
  for (const words of odd) warn(words);
  const { quorum } = settings;
  const memory = quorum === null ? null : new VoterMemory(places.stateDir, warn);
  const clocks = (): LatchClocks => latchClocks(clock);
  const latch = latchAtStart(places.stateDir, clocks());
  const facts = {
    ...found,
    latch,
    ...(memory === null || quorum === null ? {} : memory.begin(clock.wall(), quorum.longestHoldMs)),
  };
  const announcer = new Announcer(watch, warn, announceSliceMs(settings.intervalMs));
  const watchdog = armWatchdog({ settings, clock, journal });
  // A start that fails with nothing held must not reset the host: it would fail again after each boot.
  const standDown = (error: unknown): never => {
    watchdog?.close(left.length === 0);
    throw error;
  };
  // Before the record of an earlier daemon is taken over: a start that fails here must leave it as it was.
  const operators = new Operators(offer, journal);
  const control = await openControlServer({
    path: controlSocket(places),
    config: () => describeSettings(settings).json,
    status: () => status(),
    requests: operators.requests,
    who: socketUser,
    onFault: warn,
  }).catch(standDown);
  const book = { runtimeDir: places.runtimeDir, boot: identity.boot, downMs: downMs(settings), lease: settings.lease };
  const kernel = orElse(() => new AddressPort({ ...book, left, watch, clock, gate, offer, warn }), standDown);

  const heard = new GatheredPackets(clock, (packets) => daemon.packets(packets));
  const sockets = new AdvertSockets({
    transport: settings.transport,
    clock,
    sink: (path, from, bytes) => heard.add(path, from, bytes),
    report: { path: (path, words) => sayPath(journal, path, words) },
  });
  const wire = new WireSockets({
    watch,
    clock,
    addresses: settings.groups.flatMap((group) => group.addresses),
    gateways: settings.gateways,
    interfaces: settings.transport.paths.flatMap((path) => path.interface ?? []),
    offer,
    warn,
  });
  const timer = new LoopTimer({
    clock,
    wake: () => offer({ kind: 'wake' }),
    polled: (begun) => offer({ kind: 'polled', begun }),
    waiting: () => {
      const drains = [sockets.drain(), wire.drain()];
      return () => {
        heard.flush();
        return drains.map((drained) => drained()).every(Boolean);
      };
    },
  });
  const sleepAlarm = new SleepAlarm({ aheadMs: () => clock.suspendedMs(), ring: () => daemon.lookForSleep() });
  const checks = new CheckRunner({ checks: settings.checks, node, offer });
  const hooks = new HookRunner({ hook: settings.hook, node, describe: reasonSentence, offer, log: warn });
  const fence = new FenceRunner({
    fence: settings.fence,
    node,
    stateDir: places.stateDir,
    latch: new LatchFile(places.stateDir, clocks),
    user: 'root',
    describe: causeSentence,
    offer,
  });
  const speaker = new AdvertSpeaker(sockets, offer);

  const end = pledge();
  const tellNow = (): void => {
    service.status(() => {
      const view = daemon.view();
      return view === null ? '' : statusSentence(view);
    });
  };
  const tellService = coalesced(tellNow);
  // What is told, and what is started, comes after what clients wait for.
  const afterwards = new Afterwards(() => announcer.isBusy);
  const daemon: Daemon = new Daemon(settings, identity, {
    clock,
    timer,
    speaker,
    hash,
    kernel: guardSleep(
      {
        hold: (id, addresses, until, by) => kernel.hold(id, addresses, until, by),
        silence: (addresses) => {
          announcer.cease(addresses);
          kernel.silence(addresses);
        },
        release: (id, addresses) => {
          announcer.cease(addresses);
          kernel.release(id, addresses);
        },
        renew: (id, advertAt, until, livePeers) => kernel.renew(id, advertAt, until, livePeers),
      },
      { authorityMs: authorityMs(settings), now: () => clock.now(), alarm: sleepAlarm },
    ),
    announcer,
    wire,
    checks: { run: (id, check) => afterwards.do(() => checks.run(id, check)) },
    hooks: { run: (hook) => afterwards.do(() => hooks.run(hook)), finish: (withinMs) => hooks.finish(withinMs) },
    fence,
    operators,
    service: {
      // The sentence first, so that whoever waited for a ready daemon finds one.
      ready: () => {
        tellNow();
        service.ready();
      },
      beat: () => {
        service.beat();
        watchdog?.beat();
      },
      stopping: () => service.stopping(),
    },
    journal: {
      write: (event) => {
        const wallMs = clock.wall();
        afterwards.do(() => journal.write(event, wallMs));
        tellService();
      },
    },
    memory: {
      remember: (voters, longestHoldMs) => memory?.remember(voters, longestHoldMs),
      reserve: (epochsBelow) => memory?.reserve(epochsBelow),
    },
    exit: end.keep,
  });
  const status = statusOf(settings, identity, daemon, sockets, timer, clock);
  const open = {
    identity,
    service,
    watchdog,
    watch,
    facts,
    asleepMs,
    announcer,
    wire,
    kernel,
    sockets,
    timer,
    sleepAlarm,
    checks,
    hooks,
    fence,
    operators,
    daemon,
    control,
    afterwards,
  };
  return { ...open, ended: end.kept };
}

function armWatchdog({
  settings,
  clock,
  journal,
}: Pick<Ground, 'settings' | 'clock' | 'journal'>): WatchdogDevice | null {
  if (settings.watchdog === null) return null;
  const say = (level: 'info' | 'warning' | 'error', words: string): void => journal.say(level, 'watchdog', words);
  return new WatchdogDevice({ path: settings.watchdog, clock, say });
}

function orElse<T>(make: () => T, otherwise: (error: unknown) => never): T {
  try {
    return make();
  } catch (error) {
    return otherwise(error);
  }
}

function sayPath(journal: LogJournal, path: string, words: string | null): void {
  if (words === null) journal.say('info', 'path', `path ${path} is open`, { path });
  else journal.say('warning', 'path', `path ${path}: ${words}`, { path });
}

/** A witness has no groups to compare. */
function configHashOf(settings: Settings): string {
  if (settings.witness) return incomparable;
  return createHash('sha256').update(sharedSettings(settings)).digest('hex').slice(0, 16);
}

function pledge(): { readonly kept: Promise<void>; readonly keep: () => void } {
  let keep = (): void => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  return { kept, keep: () => keep() };
}
