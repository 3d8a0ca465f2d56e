// How the other nodes stand, as told to people: one line when a peer or one of its paths changes, a
// problem when one is heard and does not hear us, or when a name is in use twice.

import { type Instant, later, latest } from '#lib/time';
import type { NodeName } from '#model/names';
import { duplicateOf } from './neighbours.ts';
import { raise, settle } from './problems.ts';
import type { Boot } from './boot-state.ts';
import { peerStatesToWrite, tell, type Turn } from './turn.ts';

export function notePeers(turn: Turn): void {
  const spokesmen = spokesmenOf(turn.state.boots.values());
  for (const [node, boot] of spokesmen) {
    noteDuplicate(turn, node);
    if (node === turn.settings.node) continue;
    noteState(turn, node, boot);
    noteOneWay(turn, boot);
  }
  forget(turn, spokesmen);
  noteSolitude(turn);
}

/** The boot that stands for each node: a live one before a lost one, the newest before an older one. */
export function spokesmenOf(boots: Iterable<Boot>): Map<NodeName, Boot> {
  const chosen = new Map<NodeName, Boot>();
  for (const boot of boots) {
    const known = chosen.get(boot.node);
    if (known === undefined || weight(boot) > weight(known)) chosen.set(boot.node, boot);
    else if (weight(boot) === weight(known) && boot.firstHeardAt > known.firstHeardAt) chosen.set(boot.node, boot);
  }
  return chosen;
}

function weight(boot: Boot): number {
  if (boot.state === 'lost') return 0;
  return boot.proven ? 2 : 1;
}

function noteState(turn: Turn, peer: NodeName, boot: Boot): void {
  const from = turn.state.peerStates.get(peer) ?? 'unknown';
  const to = boot.state;
  if (from === to) return;
  // Everybody begins one-way, for as long as an answer takes: worth a line only once that is overdue.
  const answered = [...boot.paths.values()].map((path) => answerDueAt(boot, path));
  if (to === 'one-way' && turn.now < latest(...answered)) return;
  peerStatesToWrite(turn).set(peer, to);
  tell(turn, { code: 'peer', peer, from, to });
}

/** One-way is the first state of every peer; it is a problem only once an answer is overdue. */
function noteOneWay(turn: Turn, boot: Boot): void {
  for (const [name, path] of boot.paths) {
    if (path.state !== 'one-way' || turn.now < answerDueAt(boot, path)) continue;
    raise(turn, { code: 'peer-one-way', peer: boot.node, path: name });
  }
}

function answerDueAt(boot: Boot, heard: { firstHeardAt: Instant; echoedAt: Instant }): Instant {
  return later(latest(heard.firstHeardAt, heard.echoedAt), boot.downMs);
}

function noteDuplicate(turn: Turn, node: NodeName): void {
  const twin = duplicateOf(turn, node);
  if (twin !== null) raise(turn, { code: 'duplicate-name', node, address: twin.address });
  else settle(turn, (problem) => problem.code === 'duplicate-name' && problem.node === node);
}

/** The others may be down, or this node may be cut off: from here the two look the same. */
function noteSolitude(turn: Turn): void {
  let alone = turn.state.peerStates.size > 0;
  for (const state of turn.state.peerStates.values()) if (state !== 'lost') alone = false;
  if (alone) raise(turn, { code: 'no-peer-heard' });
  else settle(turn, (problem) => problem.code === 'no-peer-heard');
}

/** Nodes whose every boot was forgotten leave no trace, nor do paths that a newer boot does not use. */
function forget(turn: Turn, known: ReadonlyMap<NodeName, Boot>): void {
  settle(turn, (problem) => {
    if (problem.code === 'duplicate-name') return !known.has(problem.node);
    return problem.code === 'peer-one-way' && known.get(problem.peer)?.paths.get(problem.path)?.state !== 'one-way';
  });
  for (const node of turn.state.peerStates.keys()) if (!known.has(node)) peerStatesToWrite(turn).delete(node);
}
