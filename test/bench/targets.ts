// What locum is to reach, most of it as a ratio to keepalived in the same run, and whether it did. Medians count.

import { addressesId, faultId, hourId, loadId, startId } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { ratioOf } from './stats.ts';

export interface Target {
  readonly cell: string;
  readonly measure: string;
  readonly of: 'ratio' | 'locum';
  readonly most: number;
}

export const targets: readonly Target[] = [
  { cell: faultId('stop', '1s'), measure: 'gapMs', of: 'ratio', most: 0.02 },
  { cell: faultId('stop', '100ms'), measure: 'gapMs', of: 'ratio', most: 0.2 },
  { cell: faultId('gone', '1s'), measure: 'gapMs', of: 'ratio', most: 0.95 },
  { cell: faultId('gone', '100ms'), measure: 'gapMs', of: 'ratio', most: 0.95 },
  { cell: faultId('gone', '10ms'), measure: 'gapMs', of: 'ratio', most: 1 },
  { cell: faultId('link2', '1s'), measure: 'gapMs', of: 'ratio', most: 0.02 },
  { cell: addressesId('stop', 255), measure: 'spreadMs', of: 'ratio', most: 0.25 },
  { cell: addressesId('gone', 255), measure: 'spreadMs', of: 'ratio', most: 0.25 },
  { cell: loadId(255, '100ms'), measure: 'holderCpu', of: 'ratio', most: 0.5 },
  { cell: loadId(255, '10ms'), measure: 'holderCpu', of: 'ratio', most: 0.2 },
  { cell: loadId(255, '100ms'), measure: 'framesPerS', of: 'ratio', most: 0.02 },
  { cell: loadId(1000, '100ms'), measure: 'holderCpu', of: 'locum', most: 5 },
  { cell: loadId(1, '1s'), measure: 'holderCpu', of: 'locum', most: 0.3 },
  { cell: hourId, measure: 'holderMb', of: 'locum', most: 80 },
  { cell: hourId, measure: 'holderCpu', of: 'locum', most: 0.3 },
  { cell: startId, measure: 'startMs', of: 'locum', most: 300 },
];

/** What was found where the target looks; null where it was not measured. */
export function found(results: Results, { cell, measure, of }: Target): number | null {
  const ours = spreadIn(results, cell, 'locum', measure);
  return of === 'locum' ? (ours?.median ?? null) : ratioOf(ours, spreadIn(results, cell, 'keepalived', measure));
}

export const targetOf = (cell: string, measure: string): Target | undefined =>
  targets.find((target) => target.cell === cell && target.measure === measure);
