// Groups and their addresses.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

export const brokenGroups: readonly Broken[] = [
  {
    name: 'no group',
    toml: `[cluster]
name = "edge"
auth = "none"
`,
    problems: ['f.toml:1: group: expected at least one [[group]], found none.'],
  },
  {
    name: 'a group as a plain table',
    toml: `[cluster]
name = "edge"
auth = "none"
[group]
name = "web"
`,
    problems: [
      'f.toml:4: group: expected an array of tables, each begun by [[group]], found a table. Write [[group]] with two brackets.',
    ],
  },
  {
    name: 'a group without anything',
    toml: `[cluster]
name = "edge"
auth = "none"
[[group]]
`,
    problems: [
      'f.toml:4: group[0].name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found nothing.',
      'f.toml:4: group[0].interface: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found nothing.',
      'f.toml:4: group[0].addresses: expected an array, each element an address such as "192.0.2.10" or { address = "192.0.2.10/24", interface = "eth0", label = "eth0:web" }, found nothing.',
    ],
  },
  {
    name: 'a group twice',
    toml: config({
      rest: `[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.11"]`,
    }),
    problems: ['f.toml:11: group[1].name: expected a name of its own, found "web", as group[0] on line 6.'],
  },
  {
    name: 'an interface name that is too long',
    toml: `[cluster]
name = "edge"
auth = "none"
[[group]]
name = "web"
interface = "interface-of-mine"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:6: group[0].interface: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "interface-of-mine".',
    ],
  },
  {
    name: 'no address',
    toml: config({ addresses: '[]' }),
    problems: [
      'f.toml:8: group[0].addresses: expected at least one element, an address such as "192.0.2.10" or { address = "192.0.2.10/24", interface = "eth0", label = "eth0:web" }, found an empty array.',
    ],
  },
  {
    name: 'one address without brackets',
    toml: config({ addresses: '"192.0.2.10"' }),
    problems: ['f.toml:8: group[0].addresses: expected an array, found "192.0.2.10". Write ["192.0.2.10"].'],
  },
  {
    name: 'addresses that are none',
    toml: config({
      addresses: '["192.0.2.300", "web.example.com", "192.0.2.10 ", 7, "2001:db8::g", "192.0.2.1/24/24"]',
    }),
    problems: [
      'f.toml:8: group[0].addresses[0]: expected an IPv4 or IPv6 address, with or without a prefix length, found "192.0.2.300".',
      'f.toml:8: group[0].addresses[1]: expected an IPv4 or IPv6 address, with or without a prefix length, found "web.example.com".',
      'f.toml:8: group[0].addresses[2]: expected an IPv4 or IPv6 address, with or without a prefix length, found "192.0.2.10 ". Did you mean "192.0.2.10"?',
      'f.toml:8: group[0].addresses[3]: expected an address such as "192.0.2.10" or { address = "192.0.2.10/24", interface = "eth0", label = "eth0:web" }, found the number 7.',
      'f.toml:8: group[0].addresses[4]: expected an IPv4 or IPv6 address, with or without a prefix length, found "2001:db8::g".',
      'f.toml:8: group[0].addresses[5]: expected an IPv4 or IPv6 address, with or without a prefix length, found "192.0.2.1/24/24".',
    ],
  },
  {
    name: 'prefix lengths out of range',
    toml: config({
      addresses: '["192.0.2.10/33", "192.0.2.11/0", "2001:db8::1/129", "192.0.2.12/", "192.0.2.13/024"]',
    }),
    problems: [
      'f.toml:8: group[0].addresses[0]: expected a prefix length from 1 to 32 after the "/", found "192.0.2.10/33".',
      'f.toml:8: group[0].addresses[1]: expected a prefix length from 1 to 32 after the "/", found "192.0.2.11/0".',
      'f.toml:8: group[0].addresses[2]: expected a prefix length from 1 to 128 after the "/", found "2001:db8::1/129".',
      'f.toml:8: group[0].addresses[3]: expected a prefix length from 1 to 32 after the "/", found "192.0.2.12/".',
      'f.toml:8: group[0].addresses[4]: expected a prefix length from 1 to 32 after the "/", found "192.0.2.13/024".',
    ],
  },
  {
    name: 'addresses that no host can have',
    toml: config({
      addresses:
        '["224.0.0.18", "127.0.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255", "240.0.0.1", "::", "::1", "ff02::12", "::ffff:192.0.2.1"]',
    }),
    problems: [
      'f.toml:8: group[0].addresses[0]: expected an address that one host can have, found the multicast address "224.0.0.18".',
      'f.toml:8: group[0].addresses[1]: expected an address that one host can have, found the loopback address "127.0.0.1".',
      'f.toml:8: group[0].addresses[2]: expected an address that one host can have, found the unspecified address "0.0.0.0".',
      'f.toml:8: group[0].addresses[3]: expected an address that one host can have, found the reserved address "0.1.2.3".',
      'f.toml:8: group[0].addresses[4]: expected an address that one host can have, found the broadcast address "255.255.255.255".',
      'f.toml:8: group[0].addresses[5]: expected an address that one host can have, found the reserved address "240.0.0.1".',
      'f.toml:8: group[0].addresses[6]: expected an address that one host can have, found the unspecified address "::".',
      'f.toml:8: group[0].addresses[7]: expected an address that one host can have, found the loopback address "::1".',
      'f.toml:8: group[0].addresses[8]: expected an address that one host can have, found the multicast address "ff02::12".',
      'f.toml:8: group[0].addresses[9]: expected an address that one host can have, found the IPv4 address in IPv6 form "::ffff:192.0.2.1".',
    ],
  },
  {
    name: 'the ends of an IPv4 network',
    toml: config({ addresses: '["192.0.2.0/24", "192.0.2.255/24", "10.0.0.3/30"]' }),
    problems: [
      'f.toml:8: group[0].addresses[0]: expected an address that one host can have, found the address of the network itself, "192.0.2.0/24".',
      'f.toml:8: group[0].addresses[1]: expected an address that one host can have, found the network\'s broadcast address "192.0.2.255/24".',
      'f.toml:8: group[0].addresses[2]: expected an address that one host can have, found the network\'s broadcast address "10.0.0.3/30".',
    ],
  },
  {
    name: 'an address twice in a group, spelled in two ways',
    toml: config({ addresses: '["2001:db8::10", "192.0.2.10", "2001:DB8:0:0::0010/64"]' }),
    problems: [
      'f.toml:8: group[0].addresses[2]: expected an address that is given once, found "2001:db8::10" again; it is in group[0].addresses[0] on line 8.',
    ],
  },
  {
    name: 'an address twice in two groups',
    toml: config({
      rest: `[[group]]
name = "mail"
interface = "eth1"
addresses = ["192.0.2.11", "192.0.2.10/24"]`,
    }),
    problems: [
      'f.toml:13: group[1].addresses[1]: expected an address that is given once, found "192.0.2.10" again; it is in group[0].addresses[0] on line 8.',
    ],
  },
  {
    name: 'a link-local address twice on one interface',
    toml: config({ addresses: '["fe80::10", { address = "fe80::10", interface = "eth0" }]' }),
    problems: [
      'f.toml:8: group[0].addresses[1]: expected an address that is given once, found "fe80::10" again; it is in group[0].addresses[0] on line 8.',
    ],
  },
  {
    name: 'a label that is too long',
    toml: config({ addresses: '[{ address = "192.0.2.10", label = "eth0:a-long-name" }]' }),
    problems: [
      'f.toml:8: group[0].addresses[0].label: expected a label of 1 to 15 characters without spaces, found "eth0:a-long-name".',
    ],
  },
  {
    name: 'a label on IPv6',
    toml: config({ addresses: '[{ address = "2001:db8::10", label = "eth0:web" }]' }),
    problems: [
      'f.toml:8: group[0].addresses[0].label: expected no label, found "eth0:web": the kernel has labels for IPv4 addresses only.',
    ],
  },
  {
    name: 'an address table with wrong keys',
    toml: config({ addresses: '[{ adress = "192.0.2.10", dev = "eth0" }]' }),
    problems: [
      'f.toml:8: group[0].addresses[0].adress: unknown key. Did you mean "address"?',
      'f.toml:8: group[0].addresses[0].dev: unknown key. Known here: address, interface, label.',
      'f.toml:8: group[0].addresses[0].address: expected an IPv4 or IPv6 address, with or without a prefix length, found nothing.',
    ],
  },
  {
    name: 'an address with a zone',
    toml: config({ addresses: '["fe80::10%eth0"]' }),
    problems: [
      'f.toml:8: group[0].addresses[0]: expected an IPv4 or IPv6 address, with or without a prefix length, found "fe80::10%eth0". Write the interface apart: { address = "…", interface = "…" }.',
    ],
  },
  {
    name: 'a priority out of range',
    toml: config({ group: 'priority = 255' }),
    problems: ['f.toml:9: group[0].priority: expected a whole number from 1 to 254, found the number 255.'],
  },
  {
    name: 'text for a boolean',
    toml: config({ group: 'preempt = "False"' }),
    problems: ['f.toml:9: group[0].preempt: expected true or false, found "False". Write false without quotes.'],
  },
  {
    name: 'a check that does not exist',
    toml: config({
      group: 'checks = ["haproxi"]',
      rest: `[[check]]
name = "haproxy"
script = ["/usr/bin/check"]`,
    }),
    problems: [
      'f.toml:9: group[0].checks[0]: expected the name of a [[check]], found "haproxi". Did you mean "haproxy"?',
    ],
  },
  {
    name: 'a check where there is none',
    toml: config({ group: 'checks = ["haproxy"]' }),
    problems: [
      'f.toml:9: group[0].checks[0]: expected the name of a [[check]], found "haproxy". There is no [[check]].',
    ],
  },
  {
    name: 'announce with slips',
    toml: config({ group: 'announce = { counts = 5, refresh = "100ms", interval = "11s", again_after = 5 }' }),
    problems: [
      'f.toml:9: group[0].announce.counts: unknown key. Did you mean "count"?',
      'f.toml:9: group[0].announce.interval: expected a duration from "0s" to "10s", found "11s".',
      'f.toml:9: group[0].announce.again_after: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found the number 5. Did you mean "5s"?',
      'f.toml:9: group[0].announce.refresh: expected "0s" for none, or at least "1s", found "100ms".',
    ],
  },
  {
    name: 'announce as a number',
    toml: config({ group: 'announce = 5' }),
    problems: ['f.toml:9: group[0].announce: expected a table, found the number 5.'],
  },
];
