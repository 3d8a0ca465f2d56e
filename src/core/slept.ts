// This host was suspended: its monotonic clock stood still, and so did the lease in its kernel, while the
// others went on and may have taken over. Nothing that a group believes of them holds any more. How long
// it took changes nothing but the words.

import type { Reason } from '#model/reason';
import { become, letGo, listensUntil } from './roles.ts';
import { addPatience } from './silence.ts';
import { downMs } from './timing.ts';
import { changeGroup, groupAt, tell, type Turn } from './turn.ts';

export function takeSlept(turn: Turn, ms: number): void {
  tell(turn, { code: 'slept', ms });
  // The others had no chance to be heard; after a down time of listening they had one.
  addPatience(turn, Math.min(ms, downMs(turn.settings)));
  for (const index of turn.state.groups.keys()) listenAnew(turn, index, { kind: 'slept', ms });
  turn.speak = true;
  turn.stirred = true;
}

function listenAnew(turn: Turn, index: number, reason: Reason): void {
  const { group } = groupAt(turn, index);
  const until = listensUntil(turn, group);
  switch (group.role) {
    case 'active':
    case 'claiming':
      letGo(turn, index);
      become(turn, index, 'starting', reason, { listenUntil: until });
      return;
    case 'resigning':
      // The successor that it names may be history; a daemon that stops lets its plan run out.
      if (turn.state.stopping === null) become(turn, index, 'starting', reason, { listenUntil: until });
      return;
    case 'starting':
    case 'standby':
      become(turn, index, 'starting', reason, { listenUntil: until });
      return;
    case 'faulted':
      changeGroup(turn, index, { listenUntil: until });
      return;
    case 'fenced':
    case 'draining':
    case 'witness':
      return;
  }
}
