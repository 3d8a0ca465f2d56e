// Key files, checks, hooks, users: what the host must have.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

export const brokenPrograms: readonly Broken[] = [
  {
    name: 'a key file that is not there',
    toml: `[cluster]
name = "edge"
key_file = "/etc/locum/none.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:3: cluster.key_file: expected a key file, found nothing at "/etc/locum/none.key". Make a key with: locum keygen /etc/locum/none.key',
    ],
  },
  {
    name: 'a key file with a space, not there',
    toml: `[cluster]
name = "edge"
key_file = "/etc/my keys/none.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:3: cluster.key_file: expected a key file, found nothing at "/etc/my keys/none.key". Make a key with: locum keygen \'/etc/my keys/none.key\'',
    ],
  },
  {
    name: 'a key file that others can read',
    toml: `[cluster]
name = "edge"
key_file = "/etc/locum/open.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:3: cluster.key_file: expected a key file that only its owner can read, found mode 0640. Run: chmod 600 /etc/locum/open.key',
    ],
  },
  {
    name: 'a key file of somebody else',
    toml: `[cluster]
name = "edge"
key_file = "/etc/locum/other.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:3: cluster.key_file: expected a key file of root or of the user that runs locum (uid 0), found one of uid 1000.',
    ],
  },
  {
    name: 'a directory for a key file',
    toml: `[cluster]
name = "edge"
key_file = "/etc/locum"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: ['f.toml:3: cluster.key_file: expected a key file, found a directory at "/etc/locum".'],
  },
  {
    name: 'a key file behind a closed directory',
    toml: `[cluster]
name = "edge"
key_file = "/root/secret.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: [
      'f.toml:3: cluster.key_file: expected a key file, found "/root/secret.key", which this user cannot look at (EACCES).',
    ],
  },
  {
    name: 'a key file by a relative path',
    toml: `[cluster]
name = "edge"
key_file = "cluster.key"
[[group]]
name = "web"
interface = "eth0"
addresses = ["192.0.2.10"]
`,
    problems: ['f.toml:3: cluster.key_file: expected an absolute path, found "cluster.key".'],
  },
  {
    name: 'a script that is not there',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/gone"]`,
    }),
    problems: ['f.toml:12: check[0].script[0]: expected a program, found nothing at "/usr/bin/gone".'],
  },
  {
    name: 'a script that is not executable',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/notes", "-v"]`,
    }),
    problems: [
      'f.toml:12: check[0].script[0]: expected a program, found "/usr/bin/notes" with mode 0644, which no user may execute. Run: chmod +x /usr/bin/notes',
    ],
  },
  {
    name: 'a directory for a script',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/etc/locum"]`,
    }),
    problems: ['f.toml:12: check[0].script[0]: expected a program, found a directory at "/etc/locum".'],
  },
  {
    name: 'a script by a relative path',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["check"]`,
    }),
    problems: ['f.toml:12: check[0].script[0]: expected an absolute path, found "check".'],
  },
  {
    name: 'a shell line for a script',
    toml: config({
      rest: `[[check]]
name = "c"
script = "/usr/bin/check --fast"`,
    }),
    problems: [
      'f.toml:12: check[0].script: expected a program and its arguments, such as ["/usr/bin/test", "-e", "/run/fit"], found "/usr/bin/check --fast". No shell reads it; write ["/usr/bin/check", "--fast"].',
    ],
  },
  {
    name: 'an empty script',
    toml: config({
      rest: `[[check]]
name = "c"
script = []`,
    }),
    problems: [
      'f.toml:12: check[0].script: expected a program and its arguments, such as ["/usr/bin/test", "-e", "/run/fit"], found an empty array.',
    ],
  },
  {
    name: 'a number among the arguments',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check", 5]`,
    }),
    problems: ['f.toml:12: check[0].script[1]: expected text without a NUL character, found the number 5.'],
  },
  {
    name: 'a user that does not exist',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
user = "haproxy"`,
    }),
    problems: ['f.toml:13: check[0].user: expected a user of this host, found "haproxy", who does not exist.'],
  },
  {
    name: 'check without name and script',
    toml: config({
      rest: `[[check]]
rise = 0`,
    }),
    problems: [
      'f.toml:10: check[0].name: expected a name of 1 to 63 letters, digits, ".", "_" or "-", found nothing.',
      'f.toml:10: check[0].script: expected a program and its arguments, such as ["/usr/bin/test", "-e", "/run/fit"], found nothing.',
      'f.toml:11: check[0].rise: expected a whole number from 1 to 100, found the number 0.',
    ],
  },
  {
    name: 'a check twice',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
[[check]]
name = "c"
script = ["/usr/bin/check"]`,
    }),
    problems: ['f.toml:14: check[1].name: expected a name of its own, found "c", as check[0] on line 11.'],
  },
  {
    name: 'a slip in on_fail',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
on_fail = "wieght"`,
    }),
    problems: [
      'f.toml:13: check[0].on_fail: expected "fault", "fence" or "weight", found "wieght". Did you mean "weight"?',
    ],
  },
  {
    name: 'on_fail weight without one',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
on_fail = "weight"`,
    }),
    problems: ['f.toml:10: check[0].weight: expected a weight, because on_fail is "weight", found nothing.'],
  },
  {
    name: 'a weight of 0',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
on_fail = "weight"
weight = 0`,
    }),
    problems: [
      'f.toml:14: check[0].weight: expected a weight other than 0, which changes nothing, found the number 0.',
    ],
  },
  {
    name: 'a weight out of range',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
on_fail = "weight"
weight = -254`,
    }),
    problems: ['f.toml:14: check[0].weight: expected a whole number from -253 to 253, found the number -254.'],
  },
  {
    name: 'a weight that nothing uses',
    toml: config({
      rest: `[[check]]
name = "c"
script = ["/usr/bin/check"]
weight = -20`,
    }),
    problems: [
      'f.toml:13: check[0].weight: expected no weight, because on_fail is "fault", found the number -20. Add on_fail = "weight", or leave the weight out.',
    ],
  },
  {
    name: 'a check as a plain table',
    toml: config({
      rest: `[check]
name = "c"`,
    }),
    problems: [
      'f.toml:10: check: expected an array of tables, each begun by [[check]], found a table. Write [[check]] with two brackets.',
    ],
  },
];
