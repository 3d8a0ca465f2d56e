// Durations as people write them: a number and a unit. Nothing without a unit is a duration.

const msOf = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Whole milliseconds, or null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * msOf[match[2] as keyof typeof msOf];
  // 0.1 s is 100 ms, whatever binary fractions make of it; 0.5 ms is nothing that a timer here can keep.
  const whole = Math.round(ms);
  return ms === whole || Math.abs(ms - whole) < 1e-6 ? whole : null;
}

/** The shortest exact text: `1m`, `90s`, `250ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  for (const unit of ['h', 'm', 's'] as const) {
    if (ms % msOf[unit] === 0) return `${ms / msOf[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/** What somebody meant who forgot the unit or spelled it out, or null. */
export function nearDuration(written: string): string | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-zµ]*)\.?\s*$/.exec(written);
  if (match === null) return null;
  const unit = unitOf(match[2] ?? '');
  return unit === null ? null : `${match[1] ?? ''}${unit}`;
}

function unitOf(word: string): keyof typeof msOf | null {
  const lower = word.toLowerCase();
  if (lower === '' || /^s(ec(ond)?s?)?$/.test(lower)) return 's';
  if (/^(ms(ecs?)?|milli(second)?s?)$/.test(lower)) return 'ms';
  if (/^m(in(ute)?s?)?$/.test(lower)) return 'm';
  return /^h((ou)?rs?)?$/.test(lower) ? 'h' : null;
}
