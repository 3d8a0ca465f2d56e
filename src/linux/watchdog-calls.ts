// What a watchdog device answers to (linux/watchdog.h): how long it waits, whether that can be set, and
// what closing it does. Each call returns a value or the name of an errno. None of them can block.

import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

export interface WatchdogCalls {
  /** Flags of WATCHDOG_OPTIONS. */
  options(fd: number): number | string;
  /** Asks for so many seconds; the driver may round. Null when it took them. */
  setTimeout(fd: number, seconds: number): string | null;
  timeout(fd: number): number | string;
}

/** WDIOF_MAGICCLOSE: only a close after a `V` disarms it. */
export const closesByMagic = 0x0100;

const libc = koffi.load(null);
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');

const isPower = process.arch === 'ppc64';
/** `_IOC` of asm-generic/ioctl.h, and of powerpc with its three bits for the direction. */
const [shift, read, write] = isPower ? [29, 2, 4] : [30, 2, 1];
const infoSize = 40;
const GETSUPPORT = request(read, 0, infoSize);
const SETTIMEOUT = request(read | write, 6, 4);
const GETTIMEOUT = request(read, 7, 4);

function request(direction: number, number: number, size: number): number {
  return direction * 2 ** shift + size * 2 ** 16 + 'W'.charCodeAt(0) * 2 ** 8 + number;
}

function call(fd: number, what: number, words: Uint32Array): string | null {
  return ioctl(fd, what, words) === 0 ? null : getSystemErrorName(-koffi.errno());
}

export const watchdogCalls: WatchdogCalls = {
  options(fd) {
    const info = new Uint32Array(infoSize / 4);
    return call(fd, GETSUPPORT, info) ?? info[0] ?? 0;
  },
  setTimeout: (fd, seconds) => call(fd, SETTIMEOUT, Uint32Array.of(seconds)),
  timeout(fd) {
    const seconds = new Uint32Array(1);
    return call(fd, GETTIMEOUT, seconds) ?? seconds[0] ?? 0;
  },
};
