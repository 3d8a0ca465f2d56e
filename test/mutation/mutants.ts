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

export const scenario = (test: string): Mutant['killer'] => ({ file: 'scenarios/scenarios', test });
const unit = (file: string, test: string): Mutant['killer'] => ({ file: `unit/core/${file}`, test });

export const mutants: readonly Mutant[] = [
  {
    guard: 'a number that is not above all before it changes nothing',
    file: 'peers',
    text: 'if (!newest && !newestHere) {',
    instead: 'if (false) {',
    killer: unit('none', 'none'),
  },
  {
    guard: 'what an older advert says does not apply',
    file: 'peers',
    text: 'const newest = advert.sequence > boot.sequence;',
    instead: 'const newest = true;',
    killer: unit('none', 'none'),
  },
  {
    guard: 'proof needs an echo of the own boot',
    file: 'peers',
    text: 'proven: boot.proven || echo !== undefined',
    instead: 'proven: true',
    killer: unit('none', 'none'),
  },
  {
    guard: 'two-way only while the echoed number rises',
    file: 'peers',
    text: 'echo !== undefined && echo.sequence > boot.echoedSequence',
    instead: 'echo !== undefined',
    killer: unit('none', 'none'),
  },
  {
    guard: 'silence is judged after a poll only',
    file: 'silence',
    text: 'if (turn.judged === longAgo)',
    instead: 'Object.assign(turn, { judged: turn.now });\n    if (false)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'own lateness adds to patience',
    file: 'silence',
    text: 'boot.patienceMs + lateMs',
    instead: 'boot.patienceMs',
    killer: unit('none', 'none'),
  },
  {
    guard: 'an echo of a third keeps a node from being lost',
    file: 'silence',
    text: 'echo.sequence > boot.sequence',
    instead: 'false',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a holder older than its authority lets go',
    file: 'groups',
    text: 'if (silentMs <= allowedMs)',
    instead: 'if (true)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'the better-ranked rival makes the other let go',
    file: 'active',
    text: 'compareRank(rankOf(rival), mine) < 0)',
    instead: 'false)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a holder that is not heard lets go',
    file: 'active',
    text: 'later(latest(boot.echoedAt, since), downMs(turn.settings))',
    instead: 'never',
    killer: unit('none', 'none'),
  },
  {
    guard: 'adoption only before peers may claim',
    file: 'begin',
    text: 'later(until, -adoptionMarginMs)',
    instead: 'later(until, 1e6)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'adoption goes on only when a peer knows',
    file: 'active',
    text: 'if (turn.now < adoption.until)',
    instead: 'if (true)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'only a two-way peer is named as successor',
    file: 'roles',
    text: "boot.state === 'two-way'",
    instead: 'true',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a table that is not known blocks a claim',
    file: 'standby',
    text: 'if (unknown !== null && !named) {',
    instead: 'if (false) {',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a refusal of the kernel is no holding',
    file: 'kernel',
    text: 'if (bad !== undefined) {',
    instead: 'if (false) {',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a missing answer is a refusal',
    file: 'kernel',
    text: '?? unanswered(turn, index)',
    instead: '',
    killer: unit('none', 'none'),
  },
  {
    guard: 'an unproven holder blocks claims',
    file: 'neighbours',
    text: "entry.role === 'resigning' && !boot.proven",
    instead: 'false',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a live holder blocks claims',
    file: 'claiming',
    text: 'if (!holds && !outranks)',
    instead: 'if (true)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'ranks take turns',
    file: 'standby',
    text: 'ahead * turn.settings.intervalMs',
    instead: '0',
    killer: unit('none', 'none'),
  },
  {
    guard: 'behind a gate silence comes before the word',
    file: 'step',
    text: 'if (gated && turn.release !== null)',
    instead: 'if (false)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a lapsed lease is not renewed',
    file: 'speaking',
    text: 'if (turn.state.lapse !== null)',
    instead: 'if (false)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a lapsed lease reopens only when a later advert was heard',
    file: 'lapse',
    text: 'boot.echoedSequence > beyond',
    instead: 'true',
    killer: unit('none', 'none'),
  },
  {
    guard: 'nothing is claimed beside a lapsed lease',
    file: 'lapse',
    text: "turn.state.lapse === null ? null : { kind: 'lease-lapsed' }",
    instead: 'null',
    killer: unit('none', 'none'),
  },
  {
    guard: 'the wire is asked before a claim',
    file: 'witness',
    text: 'if (probe.clearAt === null) {',
    instead: 'if (false) {',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a lease after the advert, not after now',
    file: 'speaking',
    text: 'later(advertAt, lease.ms)',
    instead: 'later(turn.now, lease.ms + 500)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a successor that is not yet known to be able goes first',
    file: 'standby',
    text: "entry.role === 'starting');",
    instead: 'false);',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a resigner that may take the group back goes first',
    file: 'standby',
    text: 'successor !== null && !named && better(voice)',
    instead: 'false',
    killer: unit('none', 'none'),
  },
  {
    guard: 'who hears this node again is told where the addresses are',
    file: 'peers',
    text: "heard.state === 'two-way' && boot.state !== 'two-way'",
    instead: 'false',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a suspended holder lets go',
    file: 'slept',
    text: 'letGo(turn, index);',
    instead: '',
    killer: unit('none', 'none'),
  },
  {
    guard: 'two hosts with one name hold nothing',
    file: 'fitness',
    text: 'if (twin !== null)',
    instead: 'if (false)',
    killer: unit('none', 'none'),
  },
  {
    guard: 'a boot of another node that the list does not name is refused',
    file: 'peers',
    text: '!turn.settings.nodes.includes(advert.node)',
    instead: 'false',
    killer: unit('none', 'none'),
  },
];
