// The cluster, the node, and how adverts travel.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

export const brokenCluster: readonly Broken[] = [
  {
    name: 'a key with a slip',
    toml: config({ cluster: 'intervall = "1s"' }),
    problems: ['f.toml:4: cluster.intervall: unknown key. Did you mean "interval"?'],
  },
  {
    name: 'a key with two letters swapped',
    toml: config({
      cluster: `pors = 1
peesr = []`,
    }),
    problems: [
      'f.toml:4: cluster.pors: unknown key. Did you mean "port"?',
      'f.toml:5: cluster.peesr: unknown key. Did you mean "peers"?',
    ],
  },
  {
    name: 'keys that every object has',
    toml: config({
      cluster: `constructor = 1
__proto__ = 2`,
    }),
    problems: [
      'f.toml:4: cluster.constructor: unknown key. Known here: name, key_file, auth, interval, down_after, paths, multicast, port, peers, nodes.',
      'f.toml:5: cluster.__proto__: unknown key. Known here: name, key_file, auth, interval, down_after, paths, multicast, port, peers, nodes.',
    ],
  },
  {
    name: 'a peer that is a table',
    toml: config({ cluster: 'peers = [{}, []]' }),
    problems: [
      "f.toml:4: cluster.peers[0]: expected a peer's own IPv4 or IPv6 address, found a table.",
      "f.toml:4: cluster.peers[1]: expected a peer's own IPv4 or IPv6 address, found an empty array.",
    ],
  },
  {
    name: 'a key that is like no other',
    toml: config({ cluster: 'colour = "red"' }),
    problems: [
      'f.toml:4: cluster.colour: unknown key. Known here: name, key_file, auth, interval, down_after, paths, multicast, port, peers, nodes.',
    ],
  },
  {
    name: 'a quoted key with control characters',
    toml: config({ cluster: '"a\\u001b[31m \\u009b \\u202e b" = 1' }),
    problems: [
      'f.toml:4: cluster."a\\u001b[31m \\u{9b} \\u{202e} b": unknown key. Known here: name, key_file, auth, interval, down_after, paths, multicast, port, peers, nodes.',
    ],
  },
  {
    name: 'a duration that is a number',
    toml: config({ cluster: 'interval = 1' }),
    problems: [
      'f.toml:4: cluster.interval: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found the number 1. Did you mean "1s"?',
    ],
  },
  {
    name: 'a duration without a unit',
    toml: config({ cluster: 'interval = "1"' }),
    problems: [
      'f.toml:4: cluster.interval: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found "1". Did you mean "1s"?',
    ],
  },
  {
    name: 'a duration with a long unit',
    toml: config({ cluster: 'interval = "100 msec"' }),
    problems: [
      'f.toml:4: cluster.interval: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found "100 msec". Did you mean "100ms"?',
    ],
  },
  {
    name: 'a duration that is no duration',
    toml: config({ cluster: 'interval = "soon"' }),
    problems: [
      'f.toml:4: cluster.interval: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found "soon".',
    ],
  },
  {
    name: 'a time of day for a duration',
    toml: config({ cluster: 'interval = 00:00:01' }),
    problems: [
      'f.toml:4: cluster.interval: expected a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found the date or time 00:00:01.',
    ],
  },
  {
    name: 'a duration that is too short',
    toml: config({ cluster: 'interval = "9ms"' }),
    problems: ['f.toml:4: cluster.interval: expected a duration from "10ms" to "1m", found "9ms".'],
  },
  {
    name: 'a duration that is too long',
    toml: config({ cluster: 'interval = "2m"' }),
    problems: ['f.toml:4: cluster.interval: expected a duration from "10ms" to "1m", found "2m".'],
  },
  {
    name: 'half a millisecond',
    toml: config({ cluster: 'interval = "10.5ms"' }),
    problems: ['f.toml:4: cluster.interval: expected a duration in whole milliseconds, found "10.5ms".'],
  },
  {
    name: 'a count below its limit',
    toml: config({ cluster: 'down_after = 1' }),
    problems: ['f.toml:4: cluster.down_after: expected a whole number from 2 to 255, found the number 1.'],
  },
  {
    name: 'a count in quotes',
    toml: config({ cluster: 'down_after = "3"' }),
    problems: [
      'f.toml:4: cluster.down_after: expected a whole number from 2 to 255, found "3". Write 3 without quotes.',
    ],
  },
  {
    name: 'a fraction for a count',
    toml: config({ cluster: 'down_after = 3.0' }),
    problems: ['f.toml:4: cluster.down_after: expected a whole number from 2 to 255, found the number 3.0.'],
  },
  {
    name: 'a number of 64 bits',
    toml: config({ cluster: 'port = 9223372036854775807' }),
    problems: [
      'f.toml:4: cluster.port: expected a whole number from 1 to 65535, found the number 9223372036854775807.',
    ],
  },
  {
    name: 'a port out of range',
    toml: config({ cluster: 'port = 65536' }),
    problems: ['f.toml:4: cluster.port: expected a whole number from 1 to 65535, found the number 65536.'],
  },
  {
    name: 'text for a list',
    toml: config({ cluster: 'paths = "eth0"' }),
    problems: ['f.toml:4: cluster.paths: expected an array, found "eth0". Write ["eth0"].'],
  },
  {
    name: 'no path at all',
    toml: config({ cluster: 'paths = []' }),
    problems: [
      'f.toml:4: cluster.paths: expected at least one element, an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found an empty array.',
    ],
  },
  {
    name: 'a path twice',
    toml: config({ cluster: 'paths = ["eth0", "eth1", "eth0"]' }),
    problems: ['f.toml:4: cluster.paths[2]: "eth0" is given twice. Keep one of them.'],
  },
  {
    name: 'interface names that no kernel accepts',
    toml: config({
      cluster: `paths = [
  "", ".", "..",
  "a/b", "a b", "eth0:1",
  "abcdefghijklmnop", 7,
]`,
    }),
    problems: [
      'f.toml:5: cluster.paths[0]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "".',
      'f.toml:5: cluster.paths[1]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found ".".',
      'f.toml:5: cluster.paths[2]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "..".',
      'f.toml:6: cluster.paths[3]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "a/b".',
      'f.toml:6: cluster.paths[4]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "a b".',
      'f.toml:6: cluster.paths[5]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "eth0:1".',
      'f.toml:7: cluster.paths[6]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found "abcdefghijklmnop".',
      'f.toml:7: cluster.paths[7]: expected an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or ".."), found the number 7.',
    ],
  },
  {
    name: 'a unicast address for multicast',
    toml: config({ cluster: 'multicast = "192.0.2.1"' }),
    problems: [
      'f.toml:4: cluster.multicast: expected a multicast address, such as "224.0.0.18" or "ff02::12", found "192.0.2.1".',
    ],
  },
  {
    name: 'peers that are no addresses',
    toml: config({ cluster: 'peers = ["lb2", "192.0.2.256", "192.0.2.010", "fe80::2%eth0", "192.0.2.2/24"]' }),
    problems: [
      'f.toml:4: cluster.peers[0]: expected a peer\'s own IPv4 or IPv6 address, found "lb2".',
      'f.toml:4: cluster.peers[1]: expected a peer\'s own IPv4 or IPv6 address, found "192.0.2.256".',
      'f.toml:4: cluster.peers[2]: expected a peer\'s own IPv4 or IPv6 address, found "192.0.2.010". Did you mean "192.0.2.10"? A leading zero means octal to some tools.',
      'f.toml:4: cluster.peers[3]: expected a peer\'s own IPv4 or IPv6 address, found "fe80::2%eth0". No interface can be named here.',
      'f.toml:4: cluster.peers[4]: expected a peer\'s own IPv4 or IPv6 address, found "192.0.2.2/24".',
    ],
  },
  {
    name: 'peers that are no hosts',
    toml: config({ cluster: 'peers = ["224.0.0.18", "0.0.0.0", "255.255.255.255", "fe80::2", "::"]' }),
    problems: [
      'f.toml:4: cluster.peers[0]: expected a peer\'s own IPv4 or IPv6 address, found the multicast address "224.0.0.18".',
      'f.toml:4: cluster.peers[1]: expected a peer\'s own IPv4 or IPv6 address, found the unspecified address "0.0.0.0".',
      'f.toml:4: cluster.peers[2]: expected a peer\'s own IPv4 or IPv6 address, found the broadcast address "255.255.255.255".',
      'f.toml:4: cluster.peers[3]: expected an address beyond one link, found the link-local address "fe80::2".',
      'f.toml:4: cluster.peers[4]: expected a peer\'s own IPv4 or IPv6 address, found the unspecified address "::".',
    ],
  },
  {
    name: 'a peer twice, spelled in two ways',
    toml: config({ cluster: 'peers = ["2001:db8::2", "2001:DB8:0::2"]' }),
    problems: ['f.toml:4: cluster.peers[1]: "2001:db8::2" is given twice. Keep one of them.'],
  },
  {
    name: 'a peer that is a virtual address',
    toml: config({ cluster: 'peers = ["192.0.2.10"]' }),
    problems: [
      'f.toml:4: cluster.peers[0]: expected a peer\'s own address, found "192.0.2.10", which moves with a group.',
    ],
  },
  {
    name: 'peers and paths',
    toml: config({
      cluster: `peers = ["192.0.2.2"]
paths = ["eth0"]`,
    }),
    problems: [
      'f.toml:5: cluster.paths: expected no paths beside peers, found both: adverts to peers go where routing sends them.',
    ],
  },
  {
    name: 'wrong peers and paths',
    toml: config({
      cluster: `peers = ["lb2"]
paths = ["eth0"]`,
    }),
    problems: [
      'f.toml:4: cluster.peers[0]: expected a peer\'s own IPv4 or IPv6 address, found "lb2".',
      'f.toml:5: cluster.paths: expected no paths beside peers, found both: adverts to peers go where routing sends them.',
    ],
  },
  {
    name: 'peers as text, and paths',
    toml: config({
      cluster: `peers = "192.0.2.2"
paths = ["eth0"]`,
    }),
    problems: [
      'f.toml:4: cluster.peers: expected an array, found "192.0.2.2". Write ["192.0.2.2"].',
      'f.toml:5: cluster.paths: expected no paths beside peers, found both: adverts to peers go where routing sends them.',
    ],
  },
  {
    name: 'a wrong name among the nodes, which may be this one',
    toml: config({ cluster: 'nodes = ["lb 1", "lb2"]' }),
    problems: [
      'f.toml:4: cluster.nodes[0]: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found "lb 1".',
    ],
  },
  {
    name: 'this node is not among the nodes',
    toml: config({ cluster: 'nodes = ["lb2", "lb-1"]' }),
    problems: [
      'f.toml:4: cluster.nodes: expected this node\'s name "lb1" among them, found "lb2" or "lb-1". Did you mean "lb2"?',
    ],
  },
  {
    name: 'no nodes',
    toml: config({ cluster: 'nodes = []' }),
    problems: ['f.toml:4: cluster.nodes: expected this node\'s name "lb1" among them, found an empty array.'],
  },
  {
    name: 'a node twice',
    toml: config({ cluster: 'nodes = ["lb1", "lb1"]' }),
    problems: ['f.toml:4: cluster.nodes[1]: "lb1" is given twice. Keep one of them.'],
  },
];
