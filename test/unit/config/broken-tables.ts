// Whole tables, names, authentication, hooks and log.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

export const brokenTables: readonly Broken[] = [
  {
    name: 'authentication by a word that does not exist',
    toml: `[cluster]
name = "edge"
auth = "nome"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: ['f.toml:3: cluster.auth: expected "none", found "nome". Did you mean "none"?'],
  },
  {
    name: 'neither key nor auth',
    toml: `[cluster]
name = "edge"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:1: cluster: expected key_file = "/etc/locum/cluster.key" or, spelled out, auth = "none", found neither.',
    ],
  },
  {
    name: 'both key and auth',
    toml: config({ cluster: 'key_file = "/etc/locum/cluster.key"' }),
    problems: ['f.toml:3: cluster.auth: expected either key_file or auth = "none", found both. Keep one of them.'],
  },
  {
    name: 'no table at all',
    toml: `# nothing
`,
    problems: [
      'f.toml:1: cluster.name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found nothing.',
      'f.toml:1: group: expected at least one [[group]], found none.',
      'f.toml:1: cluster: expected key_file = "/etc/locum/cluster.key" or, spelled out, auth = "none", found neither.',
    ],
  },
  {
    name: 'names that are no words',
    toml: `[cluster]
name = "edge net"
auth = "none"
[node]
name = ""
[[group]]
name = "wéb"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:2: cluster.name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found "edge net".',
      'f.toml:5: node.name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found "".',
      'f.toml:7: group[0].name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found "wéb".',
    ],
  },
  {
    name: 'a cluster that is no table',
    toml: `cluster = "edge"
`,
    problems: [
      'f.toml:1: cluster: expected a table, found "edge".',
      'f.toml:1: group: expected at least one [[group]], found none.',
    ],
  },
  {
    name: 'an unknown table',
    toml: config({
      rest: `[safty]
lease = "auto"`,
    }),
    problems: ['f.toml:10: safty: unknown key. Did you mean "safety"?'],
  },
  {
    name: 'a hook that is not there',
    toml: config({
      rest: `[hooks]
change = ["/usr/bin/gone"]
user = "ops"`,
    }),
    problems: [
      'f.toml:11: hooks.change[0]: expected a program, found nothing at "/usr/bin/gone".',
      'f.toml:12: hooks.user: expected a user of this host, found "ops", who does not exist.',
    ],
  },
  {
    name: 'hooks without a program',
    toml: config({
      rest: `[hooks]
timeout = "5s"`,
    }),
    problems: ['f.toml:10: hooks.change: expected a program, because [hooks] says how to run it, found nothing.'],
  },
  {
    name: 'a log level that does not exist',
    toml: config({
      rest: `[log]
level = "warn"
format = "JSON"`,
    }),
    problems: [
      'f.toml:11: log.level: expected "error", "warning", "info" or "debug", found "warn". Did you mean "warning"?',
      'f.toml:12: log.format: expected "text" or "json", found "JSON". Did you mean "json"?',
    ],
  },
];
