// Quorum mode and witnesses: timings that break the inequality, lists that are no list of voters.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

const nodes = 'nodes = ["lb1", "lb2", "lb3"]';

export const brokenQuorum: readonly Broken[] = [
  {
    name: 'quorum without a list of voters',
    toml: config({ rest: '[safety]\nmode = "quorum"' }),
    problems: [
      'f.toml:11: safety.mode: expected cluster.nodes beside "quorum", since a majority is one of a list, found none. Write nodes = ["lb1", "lb2", "w1"].',
    ],
  },
  {
    name: 'more voters than an advert can name',
    toml: config({
      cluster: `nodes = [${Array.from({ length: 17 }, (_, i) => `"lb${i + 1}"`).join(', ')}]`,
      rest: '[safety]\nmode = "quorum"',
    }),
    problems: ['f.toml:4: cluster.nodes: expected at most 16 voters in quorum mode, found 17.'],
  },
  {
    name: 'a lease that one lost vote would end',
    toml: config({ cluster: nodes, rest: '[safety]\nmode = "quorum"\nlease = "2500ms"' }),
    problems: [
      'f.toml:12: safety.lease: expected at least three times cluster.interval ("3s") in quorum mode, or one lost vote would end it, found "2500ms". Write "3s" or "auto".',
    ],
  },
  {
    name: 'a lease below what one advert late would need, and a longest hold below what it has to become',
    toml: config({ cluster: nodes, rest: '[safety]\nmode = "quorum"\nlease = "500ms"\nlongest_hold = "1s"' }),
    problems: [
      'f.toml:12: safety.lease: expected at least three times cluster.interval ("3s") in quorum mode, or one lost vote would end it, found "500ms". Write "3s" or "auto".',
      'f.toml:13: safety.longest_hold: expected at least 3054ms (the lease, what a word may take to the kernel, and how late that ends it), found "1s", and voters refuse what is longer. Raise it on all nodes.',
    ],
  },
  {
    name: 'no lease, no voters and a longest hold that is too short, all at once',
    toml: config({ rest: '[safety]\nmode = "quorum"\nlease = "off"\nlongest_hold = "3053ms"' }),
    problems: [
      'f.toml:11: safety.mode: expected cluster.nodes beside "quorum", since a majority is one of a list, found none. Write nodes = ["lb1", "lb2", "w1"].',
      'f.toml:12: safety.lease: expected a lease in quorum mode, found "off": without an end, no promise would be long enough.',
      'f.toml:13: safety.longest_hold: expected at least 3054ms (the lease, what a word may take to the kernel, and how late that ends it), found "3053ms", and voters refuse what is longer. Raise it on all nodes.',
    ],
  },
  {
    name: 'no lease in quorum mode',
    toml: config({ cluster: nodes, rest: '[safety]\nmode = "quorum"\nlease = "off"' }),
    problems: [
      'f.toml:12: safety.lease: expected a lease in quorum mode, found "off": without an end, no promise would be long enough.',
    ],
  },
  {
    name: 'a longest hold shorter than the own one',
    toml: config({ cluster: nodes, rest: '[safety]\nmode = "quorum"\nlongest_hold = "3s"' }),
    problems: [
      'f.toml:12: safety.longest_hold: expected at least 3054ms (the lease, what a word may take to the kernel, and how late that ends it), found "3s", and voters refuse what is longer. Raise it on all nodes.',
    ],
  },
  {
    name: 'an interval too long for the default longest hold',
    toml: config({ cluster: `interval = "4s"\n${nodes}`, rest: '[safety]\nmode = "quorum"' }),
    problems: [
      'f.toml:11: safety.longest_hold: expected at least 12054ms (the lease, what a word may take to the kernel, and how late that ends it), found "10s", and voters refuse what is longer. Raise it on all nodes.',
    ],
  },
  {
    name: 'a witness where nobody votes',
    toml: config({ rest: '[node]\nwitness = true' }),
    problems: [
      'f.toml:11: node.witness: expected [safety] mode = "quorum" beside a witness: nobody votes in availability mode.',
    ],
  },
  {
    name: 'a witness that nobody could hear',
    toml: `[cluster]
name = "edge"
auth = "none"
${nodes}
[node]
witness = true
[safety]
mode = "quorum"
`,
    problems: [
      'f.toml:6: node.witness: expected cluster.paths or cluster.peers for a witness without a group, found neither. Write paths = ["eth0"].',
    ],
  },
];
