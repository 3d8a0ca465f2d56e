// Every key that a configuration can have, its kind, its default and its limits, in one table.
// Null is "not written" where the default depends on something else. `docs/configuration.md` says
// the same to people.

import { gatewayAddress, multicastAddress, peerAddress, virtualAddress } from './address-kinds.ts';
import { agent, fenceKey, release } from './fence-kinds.ts';
import { leaseKind } from './lease.ts';
import { absolutePath, command, duration, flag, integer, interfaceName, oneOf, userName, word } from './kinds.ts';
import { distinct, type Fields, ifWritten, list, optional, required, table, tables, unsupported } from './shape.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const cluster = {
  name: required(word),
  key_file: ifWritten(absolutePath),
  auth: ifWritten(oneOf('none')),
  interval: optional(duration(10, minute), second),
  down_after: optional(integer(2, 255), 3),
  paths: ifWritten(distinct(interfaceName, { atLeastOne: true })),
  multicast: ifWritten(multicastAddress),
  port: optional(integer(1, 65_535), 10_112),
  peers: ifWritten(distinct(peerAddress)),
  nodes: ifWritten(distinct(word)),
};

const node = {
  name: ifWritten(word),
  priority: optional(integer(1, 254), 100),
  witness: optional(flag, false),
  startup_delay: optional(duration(0, hour), 0),
};

const safety = {
  mode: optional(oneOf('availability', 'quorum'), 'availability'),
  lease: optional(leaseKind, { kind: 'auto' }),
  probe: optional(flag, true),
  gateway: optional(distinct(gatewayAddress), []),
  longest_hold: ifWritten(duration(100, hour)),
  watchdog: ifWritten(absolutePath),
};

const announce = {
  count: optional(integer(1, 100), 5),
  interval: optional(duration(0, 10 * second), 0),
  again_after: optional(duration(0, hour), 5 * second),
  refresh: optional(duration(0, 24 * hour), minute),
};

const group = {
  name: required(word),
  interface: required(interfaceName),
  addresses: required(list(virtualAddress, { atLeastOne: true })),
  priority: ifWritten(integer(1, 254)),
  preempt: optional(flag, true),
  preempt_delay: optional(duration(0, 24 * hour), 0),
  checks: ifWritten(distinct(word)),
  announce: table(announce),
};

const check = {
  name: required(word),
  script: required(command),
  interval: optional(duration(10, 24 * hour), second),
  timeout: optional(duration(10, hour), second),
  rise: optional(integer(1, 100), 2),
  fall: optional(integer(1, 100), 3),
  on_fail: optional(oneOf('fault', 'fence', 'weight'), 'fault'),
  weight: ifWritten(integer(-253, 253)),
  user: optional(userName, 'nobody'),
};

const fence = {
  self: ifWritten(command),
  release: optional(release, 'manual'),
  peer: ifWritten(agent),
  peer_keys: optional(list(fenceKey), []),
  timeout: optional(duration(10, hour), 30 * second),
  peer_required: optional(flag, false),
};

const hooks = {
  change: ifWritten(command),
  timeout: ifWritten(duration(10, hour)),
  user: ifWritten(userName),
};

const log = {
  format: optional(oneOf('text', 'json'), 'text'),
  level: optional(oneOf('error', 'warning', 'info', 'debug'), 'info'),
};

export const root = {
  cluster: table(cluster),
  node: table(node),
  safety: table(safety),
  group: tables(group),
  check: tables(check),
  fence: table(fence),
  hooks: table(hooks),
  metrics: table({ listen: unsupported('a metrics listener') }),
  log: table(log),
};

/** A file as it was read: undefined marks what was wrong and is reported already. */
export type Written = Fields<typeof root>;
export type WrittenCluster = Fields<typeof cluster>;
export type WrittenGroup = Fields<typeof group>;
export type WrittenCheck = Fields<typeof check>;
export type WrittenAnnounce = Fields<typeof announce>;
