// The whole node in one sentence, for `systemctl status`: what it holds, who else is there, what is wrong.

import type { View } from '#model/view';

/** Names beyond this many are a number. */
const mostNames = 5;

export function statusSentence(view: View): string {
  const held = view.groups.filter((group) => group.state === 'active').map((group) => group.name);
  const faulted = view.groups.filter((group) => group.state === 'faulted').map((group) => group.name);
  const live = view.peers.filter((peer) => peer.state === 'two-way').length;
  const parts = [
    ...(view.fenced === null ? [] : ['fenced']),
    held.length === 0
      ? `holds none of ${view.groups.length} groups`
      : `holds ${namesOf(held)} of ${view.groups.length} groups`,
    ...(faulted.length > 0 ? [`${namesOf(faulted)} faulted`] : []),
    `${live} of ${view.peers.length} peers live`,
    ...(view.problems.length > 0
      ? [`problems: ${[...new Set(view.problems.map(({ problem }) => problem.code))].join(', ')}`]
      : []),
  ];
  return parts.join('; ');
}

function namesOf(names: readonly string[]): string {
  return names.length <= mostNames ? names.join(', ') : `${names.length}`;
}
