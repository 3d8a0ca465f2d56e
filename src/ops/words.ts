// Small words that sentences, log lines and tables share: durations, outcomes of programs, and
// foreign text made safe for a terminal. Sentences themselves live elsewhere.

import type { AddressKey, CheckOutcome } from '#model/input';

/** `3012 ms`, `3 s`, `1 min 5 s`: exact enough to compare with the configuration. */
export function durationWords(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000 || (whole < 60_000 && whole % 1000 !== 0)) return `${whole} ms`;
  return ageWords(whole);
}

/** How long ago, in the two largest units: `12 s`, `5 min 3 s`, `2 h 10 min`, `3 d 4 h`. */
export function ageWords(ms: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  const words: string[] = [];
  let left = seconds;
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(' ');
}

/** What became of a program: `exit 1`, `killed by SIGKILL`, `timeout`. */
export function outcomeWords(outcome: CheckOutcome): string {
  switch (outcome.kind) {
    case 'exit':
      return `exit ${outcome.code}`;
    case 'signal':
      return `killed by ${outcome.signal}`;
    case 'timeout':
      return 'timeout';
    case 'cannot-run':
      return `cannot run: ${oneLine(outcome.error)}`;
  }
}

/** `192.0.2.10/32 on eth0` for the key `eth0/192.0.2.10/32`. */
export function keyWords(key: AddressKey): string {
  const [name, address, prefix] = key.split('/');
  return name === undefined || address === undefined || prefix === undefined
    ? oneLine(key)
    : `${address}/${prefix} on ${name}`;
}

/**
 * Text of others (a script's output, a kernel's error) on one line and without control characters,
 * so that it can neither forge a log line nor speak to the terminal.
 */
export function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*[\r\n]+\s*/g, ' | ')
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}

export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Behind a hardware address: whose it is. */
export function ownerOf(node: string | null): string {
  return node === null ? 'which belongs to no node that is heard' : `which is ${node}'s`;
}
