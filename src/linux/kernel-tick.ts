// How coarse the kernel's own timers are: one tick, which is the resolution of its coarse clock.

import koffi from 'koffi';

const CLOCK_MONOTONIC_COARSE = 6;
/** The coarsest tick that kernels are built with. */
const coarsestMs = 10;

const libc = koffi.load(null);
const clockGetres = libc.func('int clock_getres(int clock, _Out_ int64_t *resolution)') as (
  ...args: readonly unknown[]
) => number;

export function kernelTickMs(): number {
  const resolution = [0n, 0n];
  if (clockGetres(CLOCK_MONOTONIC_COARSE, resolution) !== 0) return coarsestMs;
  const ms = Number(resolution[0]) * 1e3 + Number(resolution[1]) / 1e6;
  return ms > 0 && ms < coarsestMs ? ms : coarsestMs;
}

/**
 * The kernel counts whole ticks, drops what is left over, and has begun the first of them already: a lease would end up
 * to two ticks early. With the last one whole it ends less than one early, and never more than one late.
 */
export function wholeTicks(ms: number, tickMs: number): number {
  return Math.ceil(Math.ceil(ms / tickMs) * tickMs);
}
