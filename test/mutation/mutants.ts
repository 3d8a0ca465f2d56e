// The guards of the core, and some of what is around it, each with what it becomes when it is removed, and the test that must fail then. The text
// is the same in the source and in what the compiler makes of it.

export interface Mutant extends Change {
  readonly guard: string;
  /** A second guard against the same thing, removed with it: the simulator finds what gets past both. */
  readonly also?: Change;
  /** A test file under dist-test, and the test in it that fails. */
  readonly killer: { readonly file: string; readonly test: string } | Simulated;
  /** A bug that the simulator found: with its fix undone the same run finds it again. */
  readonly simulated?: Simulated;
  /** Later guards that hide it from the simulator: that run is played without them too, and without them alone finds nothing. */
  readonly hiddenBy?: readonly string[];
}

interface Change {
  /** Where it is not the core. The world keeps the rules of the ports as the ports do. */
  readonly room?: 'core' | 'runtime' | 'world';
  /** In the room's folder, without its ending. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

export function changesOf(mutant: Mutant): readonly Change[] {
  return mutant.also === undefined ? [mutant] : [mutant, mutant.also];
}

export function sourceOf({ room = 'core', file }: Change): string {
  return room === 'world' ? `test/world/${file}.ts` : `src/${room}/${file}.ts`;
}

export function compiledOf({ room = 'core', file }: Change): string {
  return room === 'world' ? `dist-test/world/${file}.js` : `dist/${room}/${file}.js`;
}

/** What `npm run sim` is told. */
interface Simulated {
  readonly sim: string;
}

const scenario = (test: string): Mutant['killer'] => ({ file: 'scenarios/scenarios', test: `*${test}` });
const unit = (file: string, test: string): Mutant['killer'] => ({ file: `unit/core/${file}`, test });

/** In place of a question that the core asks no more: whether the named one is heard at all. */
const isHeard =
  'voices(turn, groupAt(turn, index).group.name).some(({ boot }) => boot.node === successor && boot.proven)';

/** By these rules whoever does not stand first in a line that all know opens a window later than it claims. */
const hearsOutOthers = [
  'who waited for a turn hears out who claims in the same moment',
  'who joined just now hears out who claims in the same moment',
  'whoever was named and is heard as one that cannot may be able by now',
];

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
    guard: 'what a forgotten life was proven by proves nothing again',
    file: 'peers',
    text: 'echo.sequence > state.provesAbove',
    instead: 'true',
    killer: unit(
      'adverts',
      'freshness: a recording of a life that was proven and is forgotten proves nothing, and moves no holder',
    ),
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
    guard: 'an echo may be two intervals old, and as much more as clocks differ',
    file: 'silence',
    text: 'Math.max(boot.downMs, slowestMs)',
    instead: 'boot.downMs',
    killer: unit(
      'adverts',
      'echoes: two intervals old at rest, and a little more where clocks differ: no deafness at a down time of two',
    ),
    simulated: { sim: '--mode availability --nodes 4 --weather stalls --seed 3078' },
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
    guard: 'who asked the wire just before goes first',
    file: 'probing',
    text: 'rivalAt: outrun ? turn.now : longAgo',
    instead: 'rivalAt: longAgo',
    killer: unit('probing', 'who began to ask before this node did goes first, whatever the hardware addresses'),
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
      'adoption: too late, unknown, let go of, incomplete or without a link, the leftovers go and it listens',
    ),
  },
  {
    guard: 'adoption goes on only when a peer knows',
    file: 'active',
    text: 'if (turn.now < adoption.until)',
    instead: 'if (true)',
    killer: unit('holding', 'adoption: unconfirmed, where there were peers, it ends before others may claim'),
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
    simulated: { sim: '--mode availability --weather network --seed 5' },
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
  {
    guard: 'a promise outlasts what it was given for by as much as clocks may differ',
    file: 'electorate',
    text: 'return rateMargin * holdMs;',
    instead: 'return holdMs;',
    killer: unit(
      'promises',
      'a promise ends after 1.03 times the hold that was asked for, and the claim that waits is voted for then',
    ),
  },
  {
    guard: 'a voter that started promises nothing for a while',
    file: 'promises',
    text: 'else if (silent)',
    instead: 'else if (false)',
    killer: unit('promises', 'after a start nobody is promised anything, not even the node itself'),
  },
  {
    guard: 'a standing promise keeps others out',
    file: 'promises',
    text: 'if (!inherits(entry, promise))',
    instead: 'if (false)',
    killer: unit('promises', 'while a promise stands nobody else is promised the group'),
  },
  {
    guard: 'only the claim of the very boot is inherited',
    file: 'promises',
    text: 'entry.inherits.boot === promise.boot &&',
    instead: '',
    killer: unit('promises', 'a successor that names the claim it goes on from needs no word of the predecessor'),
  },
  {
    guard: 'a later claim than the one that is named is not inherited',
    file: 'promises',
    text: ' && promise.epoch <= entry.inherits.epoch',
    instead: '',
    killer: unit('promises', 'a successor that names the claim it goes on from needs no word of the predecessor'),
  },
  {
    guard: 'an unproven candidate gets no vote',
    file: 'promises',
    text: 'quorum === null || !boot.proven',
    instead: 'quorum === null',
    killer: unit('promises', 'what an unproven sender says frees nobody, and gets no vote'),
  },
  {
    guard: 'a vote that cannot be told names a later number only when something was granted on it',
    file: 'promises',
    text: 'sequence > 0 && granted > 0 ? asking.sequence : sequence',
    instead: 'sequence > 0 ? asking.sequence : sequence',
    killer: unit(
      'promises-crowd',
      'more refused groups than can be told freeze no vote: what it covered lasts on, what is new is not covered',
    ),
  },
  {
    guard: 'whoever is promised something is remembered until that is over',
    file: 'promises',
    text: 'else if (!isPromised(promises, asking.boot))',
    instead: 'else',
    killer: unit(
      'promises-crowd',
      'a promise to a boot that was forgotten and is met again without its table ends with its time',
    ),
  },
  {
    guard: 'a longer hold than the longest is not promised',
    file: 'promises',
    text: 'if (asking.holdMs <= longestMs)',
    instead: 'if (true)',
    killer: unit('promises', 'a hold longer than the longest is refused and reported'),
  },
  {
    guard: 'a claim is granted only above the epochs granted',
    file: 'promises',
    text: 'return entry.epoch > bar ? null : { epoch: bar };',
    instead: 'return null;',
    killer: unit('promises', 'a claim whose epoch is not above the one granted is refused, and told which'),
  },
  {
    guard: 'a claim is granted only above what may be forgotten',
    file: 'promises',
    text: 'Math.max(least, quorum.epochFloor)',
    instead: 'least',
    killer: unit('promises', 'a claim below what a forgotten promise may have granted is refused, a holder is not'),
  },
  {
    guard: 'a voter whose list changed by more than one name promises nothing',
    file: 'electorate',
    text: 'namesChanged(remembered.voters, voters) > 1',
    instead: 'false',
    killer: unit('promises', 'timeline: a voter list changed from three to five'),
  },
  {
    guard: 'votes for an older table are for an older claim',
    file: 'mandate',
    text: 'tableVersion < epochVersion || ',
    instead: '',
    killer: unit('mandate', 'timeline: votes from before its own release'),
  },
  {
    guard: 'an excepted group got no vote',
    file: 'mandate',
    text: ' || except.some(({ group }) => group === name)',
    instead: '',
    killer: unit('mandate', 'an excepted group is not covered by the vote'),
  },
  {
    guard: 'an earlier life that is not given up yet does not speak for a lost holder',
    file: 'lost-holders',
    text: 'other.firstHeardAt > boot.firstHeardAt',
    instead: 'other.firstHeardAt > 0',
    also: { file: 'consent', text: "filter(({ state }) => state === 'lost')", instead: 'filter(() => false)' },
    killer: unit('fence-peer', 'a lost holder is turned off also while an earlier life of it is not given up yet'),
    simulated: { sim: '--mode availability --nodes 2 --weather sleeps --fence required --seed 35' },
  },
  {
    guard: 'the own vote is among the majority',
    file: 'mandate',
    text: 'Math.min(own, reachedBy(majorityOf(asked), counted))',
    instead: 'reachedBy(majorityOf(asked), counted)',
    killer: unit('mandate', 'its own vote has to be among the majority'),
  },
  {
    guard: 'a number counts from when it certainly left',
    file: 'mandate',
    text: 'certain ? left.at : older',
    instead: 'left.at',
    killer: unit('mandate', 'a number left with its advert, or is taken to have left before'),
  },
  {
    guard: 'a group is opened only under a lease that is no longer than its mandate',
    file: 'mandate',
    text: ' && mandate >= quorum.grantedUntil',
    instead: '',
    killer: unit('mandate', 'a newly won group is not opened under a lease that runs longer than its own mandate'),
  },
  {
    guard: 'the lease is that of the shortest mandate',
    file: 'mandate',
    text: 'isOpen(group) && group.mandate < until)',
    instead: 'isOpen(group) && (until === never || group.mandate > until))',
    killer: unit('mandate', 'two groups: the lease that both live on is that of the one with the shorter mandate'),
  },
  {
    guard: 'the end of the lease comes before any input',
    file: 'groups',
    text: 'const lapsed = mandateLapsed(turn);',
    instead: 'const lapsed = false;',
    killer: unit('mandate', 'a step that comes after the end of the lease lets go before it looks at what came'),
  },
  {
    guard: 'votes under another list do not count',
    file: 'electorate',
    text: '!boot.proven || boot.votes?.voters !== turn.state.quorum?.hash',
    instead: '!boot.proven',
    killer: unit('mandate', 'votes under another list of voters count for nothing'),
  },
  {
    guard: 'nothing is adopted that has to be let go of at once',
    file: 'begin',
    text: '20 + windowMs(settings)',
    instead: '20',
    killer: unit('promises', 'adoption: nothing is adopted so late that it would be let go of at once'),
  },
  {
    guard: 'what is let go of is not asked for in the same step',
    file: 'turn',
    text: 'withdraw(turn, addresses);',
    instead: '',
    killer: unit('turn', 'what is let go of in the step that asked for it is not asked for'),
  },
  {
    guard: 'epochs that others have come to are set aside',
    file: 'epochs',
    text: 'if (epoch < quorum.reservedBelow)',
    instead: 'if (true)',
    killer: unit('promises', 'epochs that other nodes have come to are set aside for the next start too, rarely'),
    simulated: { sim: '--mode quorum --weather handovers --seed 9' },
  },
  {
    guard: 'a fence that is required and fails means no claim',
    file: 'fence-peer',
    text: 'if (peer === null || !peerRequired)',
    instead: 'if (true)',
    killer: unit(
      'fence-peer',
      'required: a node that started fences and claims nothing before it has heard every other one',
    ),
  },
  {
    guard: 'a success counts while the fenced boot stays unheard',
    file: 'turned-off',
    text: '(boot === undefined || boot.sequence <= own)',
    instead: 'true',
    killer: unit('fence-peer', 'heard again after its fence and lost again, it is fenced again'),
  },
  {
    guard: 'who heard a later number of it learns nothing from the word that a boot was turned off',
    file: 'turned-off',
    text: 'if (boot.sequence <= sequence)',
    instead: 'if (sequence > 0)',
    killer: unit('turned-off', 'whoever heard a later number of it keeps its promise'),
  },
  {
    guard: 'the word that a boot was turned off needs proof',
    file: 'turned-off',
    text: 'if (by.turnedOff.length === 0 || !by.proven)',
    instead: 'if (by.turnedOff.length === 0)',
    killer: unit(
      'turned-off',
      'a promise is not taken back on the word of somebody unproven, nor on one about another boot',
    ),
  },
  {
    guard: 'a holder that is said to be off lets go',
    file: 'turned-off',
    text: 'if (sequence > claimedAfter)',
    instead: 'if (sequence < 0)',
    killer: unit(
      'turned-off',
      'quorum: a holder that is said to be off lets go before it says a word, and a later claim stands',
    ),
  },
  {
    guard: 'a claim that was made since stands',
    file: 'turned-off',
    text: 'if (sequence > claimedAfter)',
    instead: 'if (sequence > 0)',
    killer: unit(
      'turned-off',
      'quorum: a holder that is said to be off lets go before it says a word, and a later claim stands',
    ),
  },
  {
    guard: 'what is on its way from a boot that is off brings no promise back',
    file: 'promises',
    text: ' || isFenced(turn, boot.boot))',
    instead: ')',
    killer: unit('turned-off', 'what was on its way when it was turned off brings no promise back'),
  },
  {
    guard: 'a promise stands in the way of a fence that would not end it',
    file: 'hindrances',
    text: 'fenceIsDueFor(turn, index, other.boot)',
    instead: 'true',
    killer: unit('turned-off', 'quorum: a promise that no fence would end is waited for'),
  },
  {
    guard: 'a fence during which its node was heard is none',
    file: 'fence-peer',
    text: 'isOff && unheard && ',
    instead: 'isOff && ',
    killer: unit('turned-off', 'heard since the order and lost again, it may be on: the agent is told again'),
  },
  {
    guard: 'where a fence is required whoever is heard answers a claim',
    file: 'claiming',
    text: " || (fence === 'done' && !isAgreed(turn, index))",
    instead: '',
    killer: unit('consent', 'whoever is heard answers the claim before this node opens'),
    simulated: { sim: '--mode availability --nodes 2 --fence required --seed 3' },
  },
  {
    guard: 'an answer to a claim is one that knows of it',
    file: 'consent',
    text: ' || boot.echoedTable < entryVersion',
    instead: '',
    killer: unit('consent', 'whoever is heard answers the claim before this node opens'),
  },
  {
    guard: 'where a fence is required whoever fell silent is turned off',
    file: 'consent',
    text: "filter(({ state }) => state === 'lost')",
    instead: 'filter(() => false)',
    killer: unit('consent', 'whoever fell silent is turned off, although nobody heard it hold'),
    simulated: { sim: '--mode availability --nodes 2 --weather sleeps --fence required --seed 30' },
  },
  {
    guard: 'whoever knows nothing worse of another than silence fences last',
    file: 'fence-peer',
    text: 'return 2 + byName;',
    instead: 'return 0;',
    killer: unit('consent', 'two that know nothing worse of each other than silence do not turn each other off'),
  },
  {
    guard: 'whoever gave way to a claim may turn the claimant off',
    file: 'fence-peer',
    text: 'settings.fence.peerRequired && gaveWay',
    instead: 'false',
    killer: unit('consent', 'whoever gave way to the claim of this node turns it off first'),
  },
  {
    guard: 'nobody hands over while holders may just be meeting',
    file: 'active',
    text: ' || settledAt(turn) > turn.now)',
    instead: ')',
    killer: scenario('one-way-mute'),
    simulated: { sim: '--mode availability --nodes 6 --weather partitions --fence required --seed 33' },
  },
  {
    guard: 'of two holders that lost each other one fences first',
    file: 'fence-peer',
    text: "if (state.groups.some(({ role }) => role === 'active'))",
    instead: 'if (false)',
    killer: unit(
      'fence-peer',
      'a holder never fences: of two that lost each other, the one whose name comes first goes first',
    ),
  },
  {
    guard: 'the fence is confirmed when the kernel has let go',
    file: 'fence-self',
    text: 'const busy = releasing.size > 0 ||',
    instead: 'const busy =',
    killer: unit('fence-self', 'a release that the kernel owes holds them back too; an address that stays is said'),
  },
  {
    guard: 'the program waits for a disk that refuses the latch',
    file: 'fence-self',
    text: ' || (fence.latchError !== null && fence.latchTries < mostLatchTries)',
    instead: '',
    killer: unit('fence-self', 'a disk that refuses the latch holds the program back for three tries, and no longer'),
  },
  {
    guard: 'a fence is not over before its program has run',
    file: 'fence-self',
    text: ' && !owed',
    instead: '',
    killer: unit('fence-self', 'a disk that refuses the latch holds the program back for three tries, and no longer'),
  },
  {
    guard: 'a peer that reaches a gateway moves something once that is settled',
    file: 'isolation',
    text: 'return boot.lastHeardAt >= later(both, boot.downMs + boot.intervalMs);',
    instead: 'return true;',
    killer: unit(
      'isolation',
      'the holder alone reaches none: it hands over to the one that does, once that is settled',
    ),
  },
  {
    guard: 'a sleep adds no more than a down time to patience',
    file: 'slept',
    text: 'Math.min(ms, downMs(turn.settings))',
    instead: 'ms',
    killer: unit('slept', 'eight hours of sleep do not become eight hours of patience'),
  },
  {
    guard: 'the greater epoch deposes, no other',
    file: 'active',
    text: 'entry.epoch > group.epoch',
    instead: 'entry.epoch !== group.epoch',
    killer: unit('mandate', 'an active of a later epoch deposes, one of an earlier epoch does not, whatever the rank'),
  },
  {
    guard: 'when its successor cannot, a resigner may take the group back',
    file: 'standby',
    text: 'successor !== null && !named && better(voice)',
    instead: 'false',
    killer: unit(
      'election',
      'handover: where the named successor cannot, a resigner that ranks better may take the group back first',
    ),
    simulated: { sim: '--mode availability --nodes 3 --weather handovers --seed 1140' },
  },
  {
    guard: 'a claim waits for a fence whatever else is to be said',
    file: 'fence-peer',
    text: "return fenceIsDue(turn, index) ? 'wait' : 'failed';",
    instead: "return nodes.every((name) => mayBeFenced(turn, name)) ? 'wait' : 'failed';",
    killer: unit(
      'fence-peer',
      'required: who cannot be turned off lets no claim go on while another one is being turned off',
    ),
    simulated: { sim: '--mode availability --nodes 5 --weather partitions --fence required --seed 15' },
  },
  {
    guard: 'who is named as successor counts while it is starting',
    file: 'standby',
    text: "(entry.role === 'standby' || entry.role === 'starting')",
    instead: "entry.role === 'standby'",
    killer: unit('election', 'handover: a named successor that was last heard as starting goes first all the same'),
    simulated: { sim: '--mode availability --nodes 3 --weather handovers --seed 1793' },
  },
  {
    guard: 'what is adopted for a moment only is not held without an end',
    file: 'begin',
    text: '20 + windowMs(settings)',
    instead: '20',
    also: { file: 'turn', text: 'withdraw(turn, addresses);', instead: '' },
    killer: { sim: '--mode quorum --weather processes --nodes 3 --seed 102' },
  },
  {
    guard: 'what the last daemon was letting go of is not adopted',
    file: 'quorum-start',
    text: 'facts.lastUntil === null && !endless',
    instead: 'facts.lastUntil === null && false',
    killer: unit(
      'holding',
      'adoption: too late, unknown, let go of, incomplete or without a link, the leftovers go and it listens',
    ),
  },
  {
    guard: 'a claim that comes to the kernel late opens nothing',
    file: 'step',
    text: 'later(earliest(now, plannedAt, decidedAt), settings.intervalMs)',
    instead: 'never',
    killer: {
      file: 'unit/runtime/late-claim',
      test: 'a successor whose claim takes 1200 ms to the kernel does not open beside whoever took the group back',
    },
  },
  {
    guard: 'who ran late claims on no word before a poll',
    file: 'standby',
    text: 'turn.state.behind === null && (atOnce',
    instead: '(atOnce',
    killer: unit('late-claim', 'late claim: who ran late claims on no word before a poll has shown what came after it'),
  },
  {
    guard: 'who did not take what it was handed asks again later',
    file: 'asking',
    text: 'missed?.waitMs ?? 0',
    instead: '0',
    killer: unit(
      'late-claim',
      'late claim: who did not take what it was handed asks again later, each time, until it takes it',
    ),
  },
  {
    guard: 'who was handed a group and did not claim it in time did not take it',
    file: 'standby',
    text: 'if (groupAt(turn, index).group.vacancy?.successor === turn.settings.node)',
    instead: 'if (false)',
    killer: unit('late-claim', 'late claim: so does who had not claimed yet as the holder took the group back'),
  },
  {
    guard: 'an offer that was not taken counts once',
    file: 'asking',
    text: 'missed !== null && turn.now < later(missed.at, missed.waitMs)',
    instead: 'false',
    killer: unit('late-claim', 'late claim: a longer preempt_delay stands as it is'),
  },
  {
    guard: 'who stood still in the middle of a claim did not take what it was handed',
    file: 'groups',
    text: 'if (claim?.named === true)',
    instead: 'if (false)',
    killer: unit('late-claim', 'late claim: so does who stood still in the middle of its claim'),
  },
  {
    guard: 'who gave way to a holder takes its word as the others do',
    file: 'claiming',
    text: 'changeGroup(turn, index, { holder: voice.boot.boot });',
    instead: '',
    killer: unit(
      'election',
      'claiming: whoever gave way to a holder that lets go at once takes its turn as the others reckon it',
    ),
  },
  {
    guard: 'no hook hears of the epoch of an adoption before a majority has',
    file: 'quorum-start',
    text: 'epochUnsure: true',
    instead: 'epochUnsure: false',
    killer: unit('quorum-adoption', 'adoption: no hook hears of its epoch before a majority has granted it'),
  },
  {
    guard: 'who waited for a turn hears out who claims in the same moment',
    file: 'claiming',
    text: 'if (ahead > 0)',
    instead: 'if (false)',
    killer: unit('crossing', 'crossing: whoever waited for its turn says that it claims, and opens a window later'),
    simulated: { sim: '--mode availability --nodes 4 --weather handovers --seed 196' },
  },
  {
    guard: 'who joined just now hears out who claims in the same moment',
    file: 'claiming',
    text: 'if (!isNew(latest(since, changedAt)))',
    instead: 'if (true)',
    killer: unit('crossing', 'crossing: whoever joined just now opens a window later, for others may not count it yet'),
    simulated: { sim: '--mode availability --seed 17' },
  },
  {
    guard: 'those who listen count where somebody held the group before',
    file: 'claiming',
    text: "[] : ['starting']",
    instead: '[] : []',
    killer: unit(
      'crossing',
      'crossing: where somebody held the group before, those who listen may know more, and count too',
    ),
  },
  {
    guard: 'others are heard out by a poll, not by the clock',
    file: 'claiming',
    text: 'turn.judged < underWay.opensAt',
    instead: 'turn.now < underWay.opensAt',
    killer: unit('crossing', 'crossing: it opens only after a poll that began when the window was over'),
  },
  {
    guard: 'what waited for others is opened within an interval of the decision',
    file: 'step',
    text: 'earliest(now, plannedAt, decidedAt)',
    instead: 'earliest(now, plannedAt)',
    killer: unit(
      'crossing',
      'crossing: the kernel may open for an interval from the decision, not from the end of the window',
    ),
  },
  {
    guard: 'nothing is adopted while the record says that something was being let go of',
    room: 'world',
    file: 'host',
    text: 'this.#beat = null;',
    instead: '',
    killer: { sim: '--mode availability --nodes 2 --weather handovers --seed 31' },
  },
  {
    guard: 'a resigner waits from when its word left',
    file: 'resigning',
    text: 'later(turn.now, plan.until - plan.since)',
    instead: 'plan.until',
    also: { file: 'resigning', text: 'since: turn.now, said', instead: 'since: plan.since, said' },
    killer: unit(
      'holding',
      'yield: a node that stood still before the word of it left waits for the successor from the word on',
    ),
    simulated: { sim: '--mode availability --nodes 2 --weather yields --seed 3' },
    hiddenBy: hearsOutOthers,
  },
  {
    guard: 'a holder that missed words of a live peer announces once more',
    file: 'peers',
    text: "if (missed || (heard.state === 'two-way'",
    instead: "if ((heard.state === 'two-way'",
    killer: unit(
      'holding',
      'announcing: a holder that missed words of a live peer announces once more, for it may have held the group',
    ),
    simulated: { sim: '--mode availability --nodes 2 --weather pauses --seed 7' },
  },
  {
    guard: 'a daemon that was started as its host fell asleep goes on from nothing',
    room: 'runtime',
    file: 'daemon',
    text: 'this.#suspendedMs > asleepMs ?',
    instead: 'false ?',
    killer: {
      file: 'unit/runtime/pause',
      test: 'a daemon that was started as its host fell asleep goes on from nothing that the one before it held',
    },
    simulated: { sim: '--mode quorum --nodes 3 --weather sleeps --seed 23' },
  },
  {
    guard: 'what is adopted is worth what the last advert of the life before was worth',
    file: 'begin',
    text: 'earliest(turn.now, later(until, -authorityMs(turn.settings)))',
    instead: 'turn.now',
    killer: {
      file: 'unit/runtime/late-claim',
      test: 'what is adopted, and stalls for 2500 ms on its way, opens nothing beside the next holder (gate)',
    },
    simulated: { sim: '--mode availability --nodes 2 --weather handovers --seed 476' },
  },
  {
    guard: 'what is put there late, by when another one may hold it, opens nothing',
    file: 'step',
    text: 'by: holdBy(turn)',
    instead: 'by: never',
    killer: unit(
      'holding',
      'adoption: worth what the last advert of the life before was worth, however long the first word takes',
    ),
  },
  {
    guard: 'votes that end before the kernel answers end the claim',
    file: 'claiming',
    text: 'group.holdId !== null && mandateEndsAt(turn, group.mandate) <= turn.now',
    instead: 'false',
    killer: unit(
      'mandate',
      'a claim whose votes end before the kernel answers is given up, and nobody is woken for it again and again',
    ),
  },
  {
    guard: 'whoever is heard is not called silent',
    file: 'standby',
    text: 'lost === undefined || all.some(({ boot }) => boot === lost)',
    instead: 'lost === undefined',
    killer: unit('adverts', 'unproven: one that is heard to hold no more is not called silent'),
    simulated: { sim: '--seed 13361' },
  },
  {
    guard: 'the table is repeated for a node that only others hear',
    file: 'speaking',
    text: 'twoWay === live && !someoneUnheard(turn)',
    instead: 'twoWay === live',
    killer: unit('adverts', 'table: repeated for a node that only others hear, for as long as they do: it may hear us'),
    simulated: { sim: '--mode availability --seed 157' },
  },
  {
    guard: 'what a claimant may have ordered while it did not hear this node is waited out',
    file: 'fence-peer',
    text: 'later(latest(...lost.map(({ orderedAt }) => orderedAt)), downMs + timeoutMs)',
    instead: 'turn.now',
    killer: unit(
      'fence-peer',
      'who claimed while it did not hear this node may have ordered to turn it off: its order is over first',
    ),
    simulated: { sim: '--mode availability --nodes 2 --fence required --seed 747' },
    hiddenBy: ['an echo may be two intervals old, and as much more as clocks differ'],
  },
  {
    guard: 'a lease that was over before the kernel knew is no refusal',
    file: 'kernel',
    text: "if (bad?.kind === 'late') {",
    instead: "if (bad?.kind === 'late' && group.role === 'claiming') {",
    killer: unit(
      'holding',
      'adoption: over before the kernel knew of it, it is let go of, and that is no fault of the address',
    ),
    simulated: { sim: '--mode availability --nodes 2 --weather processes --seed 62' },
    hiddenBy: ['an adoption ends before others claim by a faster clock'],
  },
  {
    guard: 'what a resigner says counts from when the call that sent it came back',
    file: 'resigning',
    text: 'later(turn.now, plan.until - plan.since)',
    instead: 'later(at, plan.until - plan.since)',
    also: { file: 'resigning', text: 'since: turn.now, said', instead: 'since: at, said' },
    killer: unit('stalls', 'a word that took its time to leave is waited for from when it had left'),
    simulated: { sim: '--mode availability --nodes 2 --weather yields --seed 5' },
    hiddenBy: hearsOutOthers,
  },
  {
    guard: 'what an earlier life was handing over is settled',
    file: 'neighbours',
    text: "entry.role === 'resigning' && isOutlived(turn, boot)",
    instead: 'false',
    killer: unit('stalls', 'what an earlier life of a node offered is offered no more once a later one is heard'),
  },
  {
    guard: 'who stood still while it listened listens anew',
    file: 'groups',
    text: "role === 'standby' || role === 'starting'",
    instead: "role === 'standby'",
    killer: unit('stalls', 'who stood still until its listening was over has heard nobody answer it, and listens anew'),
    simulated: { sim: '--mode availability --nodes 3 --weather stalls --seed 78' },
  },
  {
    guard: 'who listens anew after a stall is woken for its end',
    file: 'groups',
    text: '    turn.stirred = true;',
    instead: '',
    killer: unit('stalls', 'a standby that stood still is woken for the end of its listening, whatever it woke for'),
  },
  {
    guard: 'who listens anew listens no shorter than before',
    file: 'roles',
    text: 'return latest(listenUntil, later(now, downMs(settings)));',
    instead: 'return later(now, downMs(settings));',
    killer: unit('startup-delay', 'a stall while it listens shortens nothing'),
  },
  {
    guard: 'the delay of a start begins when the link comes up',
    file: 'links',
    text: 'if (was?.up !== true && is?.up === true)',
    instead: 'if (false)',
    killer: unit(
      'startup-delay',
      'it begins when the link comes up, however late the first time, and anew when it comes up again before it is over',
    ),
  },
  {
    guard: 'whose rank rose just now is not counted by others as it ranks now',
    file: 'claiming',
    text: 'latest(rankedAt, turn.state.mutedAt)',
    instead: 'turn.state.mutedAt',
    killer: unit(
      'stalls',
      'whose rank rises as a vacancy opens claims a window later, for others may go by the rank that it had',
    ),
  },
  {
    guard: 'whoever was named and is not heard here may have heard that',
    file: 'claiming',
    text: 'if (successor !== null)',
    instead: `if (successor !== null && ${isHeard})`,
    killer: unit(
      'crossing',
      'crossing: where the one that was named is not heard, it may have heard that, and the first in line opens a window later',
    ),
    simulated: { sim: '--mode availability --nodes 3 --weather stalls --seed 747' },
  },
  {
    guard: 'whoever was named and is heard as one that cannot may be able by now',
    file: 'claiming',
    text: 'if (successor !== null)',
    instead: `if (successor !== null && !${isHeard})`,
    killer: unit(
      'crossing',
      'crossing: where the one that was named is heard as one that cannot, the word that it can may be on its way',
    ),
    simulated: { sim: '--mode availability --nodes 3 --weather recoveries --seed 3549' },
    hiddenBy: ['an adoption ends before others claim by a faster clock'],
  },
  {
    guard: 'what made this node able may have made others able too',
    file: 'claiming',
    text: "['standby', 'faulted', 'fenced', ...listening]",
    instead: "['standby', ...listening]",
    killer: unit(
      'crossing',
      'crossing: what all need comes back, and more than one is able in the same moment: each opens a window later',
    ),
    simulated: { sim: '--mode availability --nodes 3 --weather recoveries --seed 3773' },
  },
  {
    guard: 'an adoption ends before others claim by a faster clock',
    file: 'quorum-start',
    text: 'facts.lastDownMs / rateMargin',
    instead: 'facts.lastDownMs',
    killer: unit('holding', 'adoption: unconfirmed, where there were peers, it ends before others may claim'),
    simulated: { sim: '--mode availability --nodes 3 --weather recoveries --seed 3418' },
  },
  {
    guard: 'what was handed on at once goes to whom its last holder named',
    file: 'standby',
    text: 'resigners.find(({ boot }) => boot.node === to) ?? last',
    instead: 'last',
    killer: unit('stalls', 'who was named may hand the group on in the same moment: whom it names goes first then'),
    simulated: { sim: '--mode availability --nodes 4 --weather stalls --seed 43' },
    hiddenBy: ['whoever was named and is heard as one that cannot may be able by now'],
  },
  {
    guard: 'an offer that was taken is none any more',
    file: 'resigners',
    text: "resigners.get(boot.boot) !== 'settled'",
    instead: 'true',
    killer: unit('stalls', 'an offer that was taken is none any more, however long its word is heard'),
    simulated: { sim: '--mode availability --nodes 5 --weather stalls --seed 1265' },
  },
  {
    guard: 'nobody is given up who was named in a word that is not known to have left',
    file: 'resigning',
    text: 'said ? until : never',
    instead: 'until',
    killer: unit('stalls', 'nobody is given up who was named in a word that is not known to have left'),
    simulated: { sim: '--mode availability --nodes 3 --weather stalls --seed 2216' },
  },
  {
    guard: 'who said nothing for a while may have been given up',
    file: 'claiming',
    text: 'latest(rankedAt, turn.state.mutedAt)',
    instead: 'rankedAt',
    killer: unit('stalls', 'who said nothing for an interval and X may have been given up: it claims a window later'),
    simulated: { sim: '--mode availability --nodes 4 --weather stalls --seed 2172' },
  },
  {
    guard: 'a worse claimant may have opened already',
    file: 'claiming',
    text: 'if (!beside)',
    instead: 'if (true)',
    killer: unit(
      'stalls',
      'a worse claimant may have opened: whoever waited for its turn opens once that one has let go, or is lost',
    ),
    simulated: { sim: '--mode availability --nodes 3 --weather stalls --seed 2205' },
  },
];
