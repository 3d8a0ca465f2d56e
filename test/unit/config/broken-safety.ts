// What this version does not carry out, and leases.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

export const brokenSafety: readonly Broken[] = [
  {
    name: 'a mode that does not exist',
    toml: config({
      rest: `[safety]
mode = "quorom"`,
    }),
    problems: ['f.toml:11: safety.mode: expected "availability" or "quorum", found "quorom". Did you mean "quorum"?'],
  },
  {
    name: 'a gateway that moves with a group',
    toml: config({
      rest: `[safety]
gateway = ["192.0.2.1", "192.0.2.10"]`,
    }),
    problems: [
      'f.toml:11: safety.gateway[1]: expected a gateway\'s own address, found "192.0.2.10", which moves with a group.',
    ],
  },
  {
    name: 'gateways that nobody can ask',
    toml: config({
      rest: `[safety]
gateway = ["127.0.0.1", "224.0.0.18", "0.0.0.0", "fe80::1", "router"]`,
    }),
    problems: [
      'f.toml:11: safety.gateway[0]: expected a gateway\'s own IPv4 or IPv6 address, found the loopback address "127.0.0.1".',
      'f.toml:11: safety.gateway[1]: expected a gateway\'s own IPv4 or IPv6 address, found the multicast address "224.0.0.18".',
      'f.toml:11: safety.gateway[2]: expected a gateway\'s own IPv4 or IPv6 address, found the unspecified address "0.0.0.0".',
      'f.toml:11: safety.gateway[3]: expected an address beyond one link, found the link-local address "fe80::1".',
      'f.toml:11: safety.gateway[4]: expected a gateway\'s own IPv4 or IPv6 address, found "router".',
    ],
  },
  {
    name: 'a gateway twice, in two spellings',
    toml: config({
      rest: `[safety]
gateway = ["2001:db8::1", "2001:DB8:0::1"]`,
    }),
    problems: ['f.toml:11: safety.gateway[1]: "2001:db8::1" is given twice. Keep one of them.'],
  },
  {
    name: 'a watchdog that is not there',
    toml: config({
      rest: `[safety]
watchdog = "/dev/watchdog9"`,
    }),
    problems: [
      'f.toml:11: safety.watchdog: expected a watchdog device, found nothing at "/dev/watchdog9". Load its driver: modprobe softdog, where the host has none of its own.',
    ],
  },
  {
    name: 'a watchdog that is a file, which would be written to',
    toml: config({
      rest: `[safety]
watchdog = "/usr/bin/notes"`,
    }),
    problems: ['f.toml:11: safety.watchdog: expected a watchdog device, found a regular file at "/usr/bin/notes".'],
  },
  {
    name: 'a watchdog that is a disk',
    toml: config({
      rest: `[safety]
watchdog = "/dev/sda"`,
    }),
    problems: ['f.toml:11: safety.watchdog: expected a watchdog device, found a disk at "/dev/sda".'],
  },
  {
    name: 'a watchdog switched on',
    toml: config({
      rest: `[safety]
watchdog = true`,
    }),
    problems: ['f.toml:11: safety.watchdog: expected an absolute path, found true.'],
  },
  {
    name: 'metrics',
    toml: config({
      rest: `[metrics]
listen = "127.0.0.1:9112"`,
    }),
    problems: ['f.toml:11: metrics.listen: a metrics listener is not supported yet. Leave it out.'],
  },
  {
    name: 'wrong types are wrong first',
    toml: config({
      rest: `[safety]
probe = "yes"
gateway = "192.0.2.1"
[node]
witness = 1`,
    }),
    problems: [
      'f.toml:11: safety.probe: expected true or false, found "yes".',
      'f.toml:12: safety.gateway: expected an array, found "192.0.2.1". Write ["192.0.2.1"].',
      'f.toml:14: node.witness: expected true or false, found the number 1.',
    ],
  },
  {
    name: 'a lease that is too short',
    toml: config({
      rest: `[safety]
lease = "10ms"`,
    }),
    problems: ['f.toml:11: safety.lease: expected a lease from "20ms" to "1h", found "10ms". Write "auto".'],
  },
  {
    name: 'a lease that is too long',
    toml: config({
      rest: `[safety]
lease = "2h"`,
    }),
    problems: ['f.toml:11: safety.lease: expected a lease from "20ms" to "1h", found "2h". Write "auto".'],
  },
  {
    name: 'a lease that one late advert would end',
    toml: config({
      cluster: 'interval = "5s"',
      rest: `[safety]
lease = "6s"`,
    }),
    problems: [
      'f.toml:11: safety.lease: expected at least 1.25 times cluster.interval ("5s"), because adverts renew it, found "6s". Write "6250ms".',
    ],
  },
  {
    name: 'a slip in the lease',
    toml: config({
      rest: `[safety]
lease = "Auto"`,
    }),
    problems: ['f.toml:11: safety.lease: expected "auto", "off" or a duration, found "Auto". Did you mean "auto"?'],
  },
  {
    name: 'a lease without a unit',
    toml: config({
      rest: `[safety]
lease = 3`,
    }),
    problems: [
      'f.toml:11: safety.lease: expected "auto", "off" or a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found the number 3. Did you mean "3s"?',
    ],
  },
];
