// Fencing: agents, their keys, how long.
// Each configuration with everything that is said of it, word for word.

import type { Broken } from './broken.ts';
import { config } from './host.ts';

const fence = (keys: string, cluster = ''): string => config({ cluster, rest: `[fence]\n${keys}` });

export const brokenFence: readonly Broken[] = [
  {
    name: 'an agent that is nowhere',
    toml: fence('peer = ["fence_ipmilan"]'),
    problems: [
      'f.toml:11: fence.peer[0]: expected a program, found no "fence_ipmilan" in /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin. Debian has such agents in the package fence-agents.',
    ],
  },
  {
    name: 'an agent by a relative path',
    toml: fence('peer = ["agents/off"]'),
    problems: ['f.toml:11: fence.peer[0]: expected an absolute path, found "agents/off".'],
  },
  {
    name: 'an agent as a shell line',
    toml: fence('peer = "fence_dummy"'),
    problems: [
      'f.toml:11: fence.peer: expected a program and its arguments, such as ["fence_ipmilan"] or ["/usr/libexec/locum/fence-peer"], found "fence_dummy".',
    ],
  },
  {
    name: 'an agent that is not executable, by its path',
    toml: fence('peer = ["/usr/bin/notes"]'),
    problems: [
      'f.toml:11: fence.peer[0]: expected a program, found "/usr/bin/notes" with mode 0644, which no user may execute. Run: chmod +x /usr/bin/notes',
    ],
  },
  {
    name: 'a program for itself that is not there, by a bare name',
    toml: fence('self = ["reboot"]'),
    problems: ['f.toml:11: fence.self[0]: expected an absolute path, found "reboot".'],
  },
  {
    name: 'peer_required without agent and nodes',
    toml: fence('peer_required = true'),
    problems: [
      'f.toml:11: fence.peer_required: expected fence.peer too, the agent that would fence, found nothing.',
      'f.toml:11: fence.peer_required: expected cluster.nodes too, because a node that started waits until it has heard every one of them, found nothing.',
    ],
  },
  {
    name: 'keys for nobody, for a stranger, and such as are not ours to give',
    toml: fence(
      'peer = ["fence_dummy"]\npeer_keys = ["lb3:ip=192.0.2.3", "action=on", "no key", "lb1:a=b"]',
      'nodes = ["lb1", "lb2"]',
    ),
    problems: [
      'f.toml:12: fence.peer_keys[1]: locum itself says "action" to the agent. Leave it out.',
      'f.toml:12: fence.peer_keys[2]: expected a key for the agent such as "username=locum", or "lb1:ip=192.0.2.101" for one node alone, found "no key".',
    ],
  },
  {
    name: 'keys for a node that the cluster does not name',
    toml: fence('peer = ["fence_dummy"]\npeer_keys = ["lb3:ip=192.0.2.3"]', 'nodes = ["lb1", "lb2"]'),
    problems: ['f.toml:12: fence.peer_keys[0]: expected a node that cluster.nodes names, found "lb3".'],
  },
  {
    name: 'keys without an agent',
    toml: fence('peer_keys = ["username=locum"]'),
    problems: [
      'f.toml:11: fence.peer_keys: expected fence.peer too, the agent that is told these keys, found nothing.',
    ],
  },
  {
    name: 'more keys than a pipe holds',
    toml: fence(`peer = ["fence_dummy"]\npeer_keys = ["a=${'x'.repeat(3000)}"]`),
    problems: ['f.toml:12: fence.peer_keys: expected at most 3000 characters, found 3003.'],
  },
  {
    name: 'release in no unit, and too short a one',
    toml: fence('release = "soon"'),
    problems: [
      'f.toml:11: fence.release: expected "manual" or a duration with a unit (ms, s, m or h), such as "250ms" or "3s", found "soon".',
    ],
  },
  {
    name: 'release too short',
    toml: fence('release = "10ms"'),
    problems: ['f.toml:11: fence.release: expected a duration from "1s" to "8760h", found "10ms".'],
  },
];
