// Signals by which the kernel wakes the loop where Node has no event: SIGIO, when a descriptor that Node cannot watch
// has something to read, and SIGALRM, when a timer on a clock that Node does not know ends. Handlers come in turns of
// the loop of their own, so nothing is interrupted. What a wake means is for whoever asked for it.

type KernelSignal = 'SIGIO' | 'SIGALRM';

/** BOUNDED by the parts of a daemon that ask, one each. */
const wakes: Readonly<Record<KernelSignal, Set<() => void>>> = { SIGIO: new Set(), SIGALRM: new Set() };

/** Gives back how to end it. */
export function onSignal(signal: KernelSignal, wake: () => void): () => void {
  const all = wakes[signal];
  // Never taken back: without a handler either signal would end the process, and one may be on its way.
  if (process.listenerCount(signal, ringAll[signal]) === 0) process.on(signal, ringAll[signal]);
  all.add(wake);
  return () => {
    all.delete(wake);
  };
}

const ringAll: Readonly<Record<KernelSignal, () => void>> = {
  SIGIO: () => ring(wakes.SIGIO),
  SIGALRM: () => ring(wakes.SIGALRM),
};

function ring(all: ReadonlySet<() => void>): void {
  for (const wake of all) wake();
}
