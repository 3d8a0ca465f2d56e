// The guards of the core, each with what it becomes when it is removed, and the test that must fail then. The text
// is the same in the source and in what the compiler makes of it.

export interface Mutant {
  readonly guard: string;
  /** In src/core, without its ending. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** A test file under dist-test, and the test in it that fails. */
  readonly killer: { readonly file: string; readonly test: string } | { readonly seed: number };
}

const scenario = (test: string): Mutant['killer'] => ({ file: 'scenarios/scenarios', test: `*${test}` });
const unit = (file: string, test: string): Mutant['killer'] => ({ file: `unit/core/${file}`, test });

export const mutants: readonly Mutant[] = [
  {
    guard: 'a number that is not above all before it changes nothing',
    file: 'peers',
    text: 'if (!newest && !newestHere) {',
    instead: 'if (false) {',
    killer: unit('adverts', 'order: a number that came already changes nothing and is counted'),
  },
  {
    guard: 'what an older advert says does not apply',
    file: 'peers',
    text: 'const newest = advert.sequence > boot.sequence;',
    instead: 'const newest = true;',
    killer: unit('adverts', 'order: a late resigning on a slow path changes nothing, but keeps that path alive'),
  },
  {
    guard: 'proof needs an echo of the own boot',
    file: 'peers',
    text: 'proven: boot.proven || echo !== undefined',
    instead: 'proven: true',
    killer: unit('adverts', 'unproven: its active blocks a claim'),
  },
  {
    guard: 'two-way only while the echoed number rises',
    file: 'peers',
    text: 'echo !== undefined && echo.sequence > boot.echoedSequence',
    instead: 'echo !== undefined',
    killer: unit(
      'adverts',
      'echoes: a peer is two-way while our number rises in its echo, and one-way after a down time without',
    ),
  },
  {
    guard: 'silence is judged after a poll only',
    file: 'silence',
    text: 'if (turn.judged === longAgo)',
    instead: 'Object.assign(turn, { judged: turn.now });\n    if (false)',
    killer: unit('election', 'down: silence counts only after a full poll begun after the deadline'),
  },
  {
    guard: 'own lateness adds to patience',
    file: 'silence',
    text: 'boot.patienceMs + lateMs',
    instead: 'boot.patienceMs',
    killer: unit('election', 'own lateness is added to patience'),
  },
  {
    guard: 'an echo of a third keeps a node from being lost',
    file: 'silence',
    text: 'echo.sequence > boot.sequence',
    instead: 'false',
    killer: unit('election', 'down: a holder whose number still rises in another peer’s echo is not lost'),
  },
  {
    guard: 'a holder older than its authority lets go',
    file: 'groups',
    text: 'if (silentMs <= allowedMs && !lapsed)',
    instead: 'if (true)',
    killer: unit(
      'holding',
      'late wake: an active that wakes later than its authority releases before it does anything else',
    ),
  },
  {
    guard: 'the better-ranked rival makes the other let go',
    file: 'active',
    text: 'compareRank(rankOf(rival), mine) < 0)',
    instead: 'false)',
    killer: unit('rivals', 'two actives: the lower-ranked releases at once and resigns to the other; both count'),
  },
  {
    guard: 'a holder that is not heard lets go',
    file: 'active',
    text: 'later(latest(boot.echoedAt, since), downMs(turn.settings))',
    instead: 'never',
    killer: unit(
      'rivals',
      'unheard: an active that hears another one for a down time without being echoed releases, whatever the rank',
    ),
  },
  {
    guard: 'adoption only before peers may claim',
    file: 'begin',
    text: 'later(until, -adoptionMarginMs(turn))',
    instead: 'later(until, 1e6)',
    killer: unit(
      'holding',
      'adoption: too late, unknown, incomplete or without a link, the leftovers go and it listens',
    ),
  },
  {
    guard: 'adoption goes on only when a peer knows',
    file: 'active',
    text: 'if (turn.now < adoption.until)',
    instead: 'if (true)',
    killer: unit(
      'holding',
      'adoption: unconfirmed, where there were peers, it ends at the moment at which others may claim',
    ),
  },
  {
    guard: 'only a two-way peer is named as successor',
    file: 'roles',
    text: "boot.state === 'two-way'",
    instead: 'true',
    killer: unit('adverts', 'echoes: a peer that heard us once and does not any more is not named'),
  },
  {
    guard: 'a table that is not known blocks a claim',
    file: 'standby',
    text: 'if (unknown !== null && !named) {',
    instead: 'if (false) {',
    killer: unit('adverts', 'table: a live peer of which no table is known blocks a claim'),
  },
  {
    guard: 'a refusal of the kernel is no holding',
    file: 'kernel',
    text: 'if (bad !== undefined) {',
    instead: 'if (false) {',
    killer: unit('election', 'claiming: an answer that misses an address is a refusal'),
  },
  {
    guard: 'a missing answer is a refusal',
    file: 'kernel',
    text: '?? unanswered(turn, index)',
    instead: '',
    killer: unit('election', 'claiming: an answer that misses an address is a refusal'),
  },
  {
    guard: 'an unproven holder blocks claims',
    file: 'neighbours',
    text: "entry.role === 'resigning' && !boot.proven",
    instead: 'false',
    killer: unit('adverts', 'unproven: its resignation counts for nothing'),
  },
  {
    guard: 'a live holder blocks claims',
    file: 'claiming',
    text: 'if (!holds && !outranks)',
    instead: 'if (true)',
    killer: unit('election', 'claiming: a live holder or a better claimant goes first'),
  },
  {
    guard: 'ranks take turns',
    file: 'standby',
    text: 'ahead * turnMs(turn.settings)',
    instead: '0',
    killer: unit('election', 'down: each further rank waits an interval and a window more'),
  },
  {
    guard: 'behind a gate silence comes before the word',
    file: 'step',
    text: 'if (gated && turn.release !== null)',
    instead: 'if (false)',
    killer: unit('lapse', 'behind a gate: silence, then the word, then the addresses'),
  },
  {
    guard: 'a lapsed lease is not renewed',
    file: 'speaking',
    text: 'if (turn.state.lapse !== null || turn.state.quorum !== null)',
    instead: 'if (turn.state.quorum !== null)',
    killer: unit('lapse', 'a lapse is said at once, and nothing is renewed while it lasts'),
  },
  {
    guard: 'a lapsed lease reopens only when a later advert was heard',
    file: 'lapse',
    text: 'boot.echoedSequence > beyond',
    instead: 'true',
    killer: unit('lapse', 'an echo of an advert from before the lapse opens nothing'),
  },
  {
    guard: 'nothing is claimed beside a lapsed lease',
    file: 'lapse',
    text: "turn.state.lapse === null ? null : { kind: 'lease-lapsed' }",
    instead: 'null',
    killer: unit('lapse', 'nothing else is claimed beside a lapsed lease'),
  },
  {
    guard: 'the wire is asked before a claim',
    file: 'witness',
    text: 'if (probe.clearAt === null) {',
    instead: 'if (false) {',
    killer: unit('probing', 'answered by the hardware address of the silent holder: nobody claims, and it is said'),
  },
  {
    guard: 'who hears this node again is told where the addresses are',
    file: 'peers',
    text: "heard.state === 'two-way' && boot.state !== 'two-way'",
    instead: 'false',
    killer: scenario('start-staggered'),
  },
  {
    guard: 'a suspended holder lets go',
    file: 'slept',
    text: 'letGo(turn, index);',
    instead: '',
    killer: unit('slept', 'a holder releases first, says so, and listens for a down time before it claims'),
  },
  {
    guard: 'two hosts with one name hold nothing',
    file: 'fitness',
    text: 'if (twin !== null)',
    instead: 'if (false)',
    killer: scenario('duplicate-name'),
  },
  {
    guard: 'a boot of another node that the list does not name is refused',
    file: 'peers',
    text: '!turn.settings.nodes.includes(advert.node)',
    instead: 'false',
    killer: scenario('nodes-list'),
  },
];
