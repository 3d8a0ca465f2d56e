// The watchdog of this host (`safety.watchdog`): once opened it resets the host unless a byte comes in
// time. It is fed after a step of the main loop that really ran, and told to stand down only by a daemon
// that ends with nothing held. Never blocks; what it cannot write is said once.

import { closeSync, constants, openSync, readFileSync, type Stats, statSync, writeSync } from 'node:fs';
import type { Clock } from '#ports/clock';
import { closesByMagic, type WatchdogCalls, watchdogCalls } from './watchdog-calls.ts';

export interface WatchdogOptions {
  readonly path: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly say: (level: 'info' | 'warning' | 'error', words: string) => void;
  /** The host's own unless a test says otherwise. */
  readonly calls?: WatchdogCalls;
  readonly sysfs?: string;
}

/** A service manager that finds a hung daemon within 5 s and starts another comes before it. */
const wantedSeconds = 15;
/** The end of a daemon takes up to a second, in which nothing feeds it. */
const leastSeconds = 2;
/** Where the device does not say how long it waits. */
const assumedSeconds = 10;
const leastGapMs = 100;

const feed = Buffer.from('.');
const standDown = Buffer.from('V');

export class WatchdogDevice {
  /** How often `beat` must be called at least. */
  readonly everyMs: number;
  readonly #path: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #say: WatchdogOptions['say'];
  readonly #seconds: number;
  readonly #fd: number;
  #fedAt = Number.NEGATIVE_INFINITY;
  #trouble = '';

  /** Arms the device, or throws what is in the way; then it is not armed by this. */
  constructor({ path, clock, say, calls = watchdogCalls, sysfs = '/sys' }: WatchdogOptions) {
    this.#path = path;
    this.#clock = clock;
    this.#say = say;
    refuseBeforeOpening(path, sysfs);
    this.#fd = open(path);
    this.#seconds = this.#agree(calls);
    if (this.#seconds < leastSeconds) {
      this.#end(standDown);
      const found = `found ${this.#seconds} s, and the driver takes no other`;
      throw new Error(`${path}: expected a watchdog that waits ${leastSeconds} s or more, ${found}`);
    }
    this.everyMs = Math.max(leastGapMs, this.#seconds * 100);
    this.beat();
    say('info', `${path} is armed: it resets this host when the main loop stands still for ${this.#seconds} s`);
  }

  beat(): void {
    const now = this.#clock.now();
    if (now - this.#fedAt < this.everyMs) return;
    this.#fedAt = now;
    const trouble = this.#write(feed) ?? '';
    if (trouble !== '' && trouble !== this.#trouble) {
      this.#say('error', `${this.#path} cannot be fed (${trouble}): it resets this host within ${this.#seconds} s`);
    }
    this.#trouble = trouble;
  }

  /** `released`: nothing is held any more. Otherwise it stays armed, and this host is reset. */
  close(released: boolean): void {
    const trouble = this.#end(released ? standDown : null);
    const words = `${this.#path} stays armed and resets this host within ${this.#seconds} s unless a daemon starts`;
    if (!released) this.#say('error', `${words}: addresses were not released`);
    else if (trouble !== null) this.#say('error', `${words}: it cannot be told to stand down (${trouble})`);
  }

  /** Asks for the timeout we want; gives the one that counts. */
  #agree(calls: WatchdogCalls): number {
    const options = calls.options(this.#fd);
    if (typeof options === 'number' && (options & closesByMagic) === 0) {
      const words = 'its driver disarms it whenever it is closed, so a daemon that crashes is not noticed by it';
      this.#say('warning', `${this.#path}: ${words}`);
    }
    const refused = calls.setTimeout(this.#fd, wantedSeconds);
    const seconds = calls.timeout(this.#fd);
    if (typeof seconds === 'number' && seconds > 0) {
      if (refused !== null && seconds !== wantedSeconds)
        this.#say('warning', `${this.#path} keeps its own timeout of ${seconds} s (${refused})`);
      return seconds;
    }
    const why = typeof seconds === 'string' ? seconds : 'it says 0';
    this.#say('warning', `${this.#path} does not say how long it waits (${why}); ${assumedSeconds} s are assumed`);
    return assumedSeconds;
  }

  #write(bytes: Uint8Array): string | null {
    try {
      return writeSync(this.#fd, bytes) === bytes.length ? null : 'nothing was taken';
    } catch (error) {
      return codeOf(error);
    }
  }

  #end(word: Uint8Array | null): string | null {
    const trouble = word === null ? null : this.#write(word);
    closeSync(this.#fd);
    return trouble;
  }
}

/** What must be known before opening arms it: a disk would be written to, and some never stand down. */
function refuseBeforeOpening(path: string, sysfs: string): void {
  const stat = look(path);
  if (!stat.isCharacterDevice() && !stat.isFIFO()) {
    throw new Error(`${path}: expected a watchdog device, found something else`);
  }
  if (stat.isCharacterDevice() && neverStops(stat.rdev, sysfs)) {
    const hint = 'load its driver with nowayout=0, or leave safety.watchdog out';
    throw new Error(`${path}: nowayout is set, so that it would reset this host after every clean stop; ${hint}`);
  }
}

function look(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(codeOf(error))}`, { cause: error });
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(codeOf(error))}`, { cause: error });
  }
}

function reasonOf(code: string): string {
  switch (code) {
    case 'EBUSY':
      return 'another program has it open, often systemd: set RuntimeWatchdogSec=0 in its system.conf, or leave safety.watchdog out';
    case 'ENOENT':
      return 'there is no such device; load its driver (softdog where the host has none of its own)';
    case 'ENXIO':
    case 'ENODEV':
      return `nothing stands behind it (${code}); load its driver`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not open it (${code}); run the daemon as root`;
    default:
      return `it cannot be opened (${code})`;
  }
}

/** Where the kernel does not say, it is taken for one that stands down: they mostly do. */
export function neverStops(device: number, sysfs: string): boolean {
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  // 10:130 is the old name of the first one, and has no entry of its own.
  const place = major === 10 && minor === 130 ? 'class/watchdog/watchdog0' : `dev/char/${major}:${minor}`;
  try {
    return readFileSync(`${sysfs}/${place}/nowayout`, 'utf8').trim() === '1';
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
