// What a daemon's histogram of its own lateness says of the time between two looks, in words.

import type { Lateness } from './status.ts';

/** Only what came between the two: a start is late as it compiles. */
export function lateWords(first: Lateness, last: Lateness): string {
  const counts = last.buckets.map(({ up_to_ms, count }, i) => ({
    upToMs: up_to_ms ?? Number.POSITIVE_INFINITY,
    count: count - (first.buckets[i]?.count ?? 0),
  }));
  const all = last.count - first.count;
  const bound = (share: number): string => {
    let below = 0;
    for (const { upToMs, count } of counts) {
      below += count;
      if (below >= share * all) return `${upToMs} ms`;
    }
    return '?';
  };
  const late = counts.filter(({ upToMs, count }) => upToMs > 5 && count > 0);
  const tail = late.map(({ upToMs, count }) => `${count} up to ${upToMs} ms`).join(', ');
  const words = `of ${all} steps half at most ${bound(0.5)} late, 99 % ${bound(0.99)}, 99.9 % ${bound(0.999)}, all ${bound(1)}`;
  return tail === '' ? words : `${words} (${tail})`;
}
