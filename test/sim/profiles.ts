// The weathers: which faults come, how often, how many at once, and how often all is made whole again.

import type { FaultKind } from './faults.ts';

export interface Profile {
  /** How often seeds draw it. */
  readonly weight: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly atOnce: number;
  /** Mean time between two faults, in down times. */
  readonly gap: number;
  /** How often a fault is followed by a calm, long enough to come to rest. */
  readonly calms: number;
  /** How long faults last at most, in intervals; one of these is drawn for each. */
  readonly lasts?: readonly number[];
}

const network = {
  loss: 3,
  'lossy pair': 3,
  cut: 4,
  'one-way cut': 4,
  'filtered adverts': 2,
  partition: 4,
  duplication: 2,
  reordering: 2,
  replay: 2,
  corruption: 1,
};
const processes = {
  freeze: 4,
  hiccup: 4,
  crash: 4,
  'crash in a call': 3,
  restart: 3,
  stop: 2,
  'power cut': 1,
  'new disk': 1,
};
const kernels = {
  'slow kernel': 3,
  'late answers': 2,
  'late alarms': 2,
  refusal: 2,
  removal: 2,
  'stuck address': 2,
  'foreign address': 1,
  'late renewal': 2,
};
const fences = {
  'operator fences': 2,
  'operator unfences': 1,
  'disk error': 1,
  'fence fails': 2,
  'fence hangs': 1,
  'fence lies': 1,
};
const hosts = {
  'link down': 3,
  pause: 2,
  suspend: 2,
  'gateway lost': 2,
  'check fails': 2,
  'check hangs': 2,
  'check flaps': 1,
  'wall clock': 1,
};
const everything = { ...network, ...processes, ...kernels, ...hosts, ...fences };

export const profiles: Readonly<Record<string, Profile>> = {
  single: { weight: 5, faults: everything, atOnce: 1, gap: 12, calms: 0.5 },
  storm: { weight: 5, faults: everything, atOnce: 6, gap: 1.5, calms: 0.04 },
  network: { weight: 4, faults: network, atOnce: 3, gap: 3, calms: 0.1 },
  processes: { weight: 3, faults: processes, atOnce: 3, gap: 3, calms: 0.1 },
  kernels: { weight: 2, faults: { ...kernels, hiccup: 1, restart: 1 }, atOnce: 3, gap: 3, calms: 0.1 },
  loss: { weight: 1, faults: { loss: 1 }, atOnce: 1, gap: 1, calms: 0.02 },
  pauses: { weight: 1, faults: { pause: 3, suspend: 2, freeze: 1, cut: 1 }, atOnce: 2, gap: 4, calms: 0.2 },
  fences: {
    weight: 2,
    faults: { ...fences, crash: 4, 'power cut': 2, partition: 4, cut: 2, freeze: 2 },
    atOnce: 3,
    gap: 3,
    calms: 0.15,
  },
  // These twelve are drawn by no seed: for those who ask for them.
  stalls: {
    weight: 0,
    faults: { hiccup: 8, 'check fails': 4, 'check flaps': 2, stop: 2, 'slow kernel': 1 },
    atOnce: 4,
    gap: 0.5,
    calms: 0.05,
  },
  yields: {
    weight: 0,
    faults: { 'slow handover': 8, 'check fails': 4, 'check flaps': 2, stop: 1 },
    atOnce: 4,
    gap: 1,
    calms: 0.05,
  },
  recoveries: {
    weight: 0,
    faults: { 'check passes in a vacancy': 6, crash: 6 },
    atOnce: 3,
    gap: 1,
    calms: 0.05,
  },
  ranks: {
    weight: 0,
    faults: { 'check passes as the holder dies': 1 },
    atOnce: 1,
    gap: 1,
    calms: 0.05,
  },
  offers: {
    weight: 0,
    faults: { 'restart in a handover': 6, 'check fails': 4, 'check flaps': 3, hiccup: 6, loss: 1 },
    atOnce: 5,
    gap: 0.5,
    calms: 0.05,
  },
  outages: {
    weight: 0,
    faults: { crash: 3, stop: 1, 'power cut': 1, freeze: 2, cut: 3, partition: 3, 'link down': 2, 'check fails': 2 },
    atOnce: 3,
    gap: 15,
    calms: 0.05,
    lasts: [60, 150, 400],
  },
  latches: {
    weight: 0,
    faults: {
      'operator fences': 4,
      'operator unfences': 1,
      'own fence fails': 4,
      'latch hangs': 4,
      'disk error': 2,
      'check fails': 3,
      crash: 3,
      'power cut': 1,
      hiccup: 2,
    },
    atOnce: 5,
    gap: 1,
    calms: 0.05,
  },
  renewals: {
    weight: 0,
    faults: { 'lost renewals': 5, 'refused renewals': 3, 'stalled renewals': 5, crash: 2, freeze: 2, cut: 2, loss: 1 },
    atOnce: 3,
    gap: 1,
    calms: 0.05,
  },
  twins: {
    weight: 0,
    faults: {
      twin: 8,
      crash: 2,
      freeze: 2,
      hiccup: 2,
      cut: 2,
      'one-way cut': 1,
      loss: 1,
      restart: 1,
      'check fails': 1,
    },
    atOnce: 3,
    gap: 2,
    calms: 0.1,
    lasts: [3, 12, 60],
  },
  partitions: { weight: 0, faults: { partition: 1 }, atOnce: 1, gap: 3, calms: 0.1 },
  sleeps: {
    weight: 0,
    faults: { suspend: 4, restart: 4, 'crash in a call': 2, crash: 1 },
    atOnce: 3,
    gap: 0.8,
    calms: 0.05,
  },
  handovers: {
    weight: 0,
    faults: {
      restart: 4,
      stop: 3,
      'check fails': 3,
      'crash in a call': 4,
      hiccup: 4,
      refusal: 2,
      loss: 2,
      'one-way cut': 2,
    },
    atOnce: 4,
    gap: 0.8,
    calms: 0.05,
  },
  quiet: { weight: 1, faults: { hiccup: 1 }, atOnce: 1, gap: 300, calms: 0.2 },
};
