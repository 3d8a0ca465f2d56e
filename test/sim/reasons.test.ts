// What a daemon says of why it moves, where that is not so: each is shown to the checker of reasons.

import type { DaemonEvent } from '#model/event';
import { ReasonChecker } from './checkers/reasons.ts';
import { fires, holderOf } from './watched.ts';

type GroupEvent = Extract<DaemonEvent, { code: 'group' }>;

/** What somebody says, and what comes of it by the end of the event. */
const says = (name: string, of: (names: Record<'holder' | 'other', string>) => Partial<GroupEvent>): void =>
  fires(
    `reasons: ${name}`,
    (cluster) => new ReasonChecker(cluster),
    (cluster) => {
      const { holder, other } = holderOf(cluster);
      cluster.run(60_000);
      const said = of({ holder: holder.name, other: other.name });
      const host = said.from === 'active' ? holder : other;
      cluster.told(host, { ...standsBy, ...said } as GroupEvent);
      cluster.run(1000);
    },
    /which is not so/,
  );
const standsBy = { code: 'group', group: 'web', from: 'standby', to: 'claiming' } as const;

says('a holder said to be lost that is heard', ({ holder }) => ({
  reason: { kind: 'holder-lost', holder, silentMs: 3000 },
}));
says('no holder, though one is heard', () => ({ reason: { kind: 'no-holder' } }));
says('a holder that did not give up', ({ holder }) => ({ reason: { kind: 'resigned', by: holder } }));
says('a handover that nobody made', ({ holder }) => ({ reason: { kind: 'handed-over', by: holder } }));
says('a yield to somebody who did not ask', ({ other }) => ({
  from: 'active',
  to: 'releasing',
  reason: { kind: 'yielded', to: other },
}));
says('a rival that holds nothing', ({ other }) => ({
  from: 'active',
  to: 'releasing',
  reason: { kind: 'outranked', by: other },
}));
says('a gateway that answers all', ({ other }) => ({
  from: 'active',
  to: 'faulted',
  reason: { kind: 'gateway-unreached', peer: other },
}));
says('an answer of one that said nothing on the wire', ({ other }) => ({
  from: 'active',
  to: 'starting',
  reason: { kind: 'still-answering', holder: other, address: '10.0.0.0', mac: '02:00:00:00:00:01' },
}));
says('alone, beside one that is heard', () => ({ from: 'active', to: 'faulted', reason: { kind: 'isolated' } }));
says('a check that never failed', () => ({
  from: 'active',
  to: 'faulted',
  reason: { kind: 'check-failed', check: 'service', outcome: 'exit 1' },
}));

fires(
  'reasons: too few votes, where nothing came between a majority',
  (cluster) => new ReasonChecker(cluster),
  (cluster) => {
    const reason = { kind: 'too-few-votes', votes: 1, voters: 3, needed: 2 } as const;
    cluster.told(holderOf(cluster).holder, { ...standsBy, from: 'active', to: 'starting', reason });
    cluster.run(1000);
  },
  /which is not so/,
  'quorum',
);
