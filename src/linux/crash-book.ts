// How often a daemon of this state directory died of a defect of its own: a line for each, written at the very
// moment, since there will be no later one. So often within a while is a reason to stay out. Bounded: the last lines.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LatchClocks } from './latch-file.ts';

const FILE = 'crashes';
const kept = 10;
const withinMs = 600_000;
const tooMany = 3;

/** Never throws: it is called while the process dies. */
export function noteCrash(stateDir: string, clocks: LatchClocks): string | null {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const lines = [...readLines(stateDir), `${clocks.wallMs} ${clocks.steadyMs} ${clocks.kernelBoot}`].slice(-kept);
    const fd = openSync(join(stateDir, FILE), 'w', 0o600);
    try {
      writeSync(fd, `${lines.join('\n')}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How many there were of late, if they are too many; null otherwise. */
export function tooManyCrashes(stateDir: string, clocks: LatchClocks): number | null {
  const recent = readLines(stateDir).filter((line) => {
    const [wallMs, steadyMs, boot] = line.split(' ');
    const agoMs = boot === clocks.kernelBoot ? clocks.steadyMs - Number(steadyMs) : clocks.wallMs - Number(wallMs);
    // A clock that was set back makes the past the future: near is near either way.
    return Math.abs(agoMs) <= withinMs;
  });
  return recent.length >= tooMany ? recent.length : null;
}

/** An operator has seen to it. */
export function forgetCrashes(stateDir: string): void {
  rmSync(join(stateDir, FILE), { force: true });
}

function readLines(stateDir: string): string[] {
  try {
    return readFileSync(join(stateDir, FILE), 'utf8')
      .split('\n')
      .filter((line) => /^[0-9.]+ [0-9.]+ \S+$/.test(line))
      .slice(-kept);
  } catch {
    return [];
  }
}
