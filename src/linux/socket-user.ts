// Who is at the other end of a unix socket, as the kernel knows it. For the log alone: who may speak is decided
// by the mode of the socket.

import type { Socket } from 'node:net';
import { Accounts } from './accounts.ts';
import { peerCredentials } from './unix-calls.ts';

const accounts = new Accounts();

/** `root (pid 4711)`, or that it cannot be told. */
export function socketUser(socket: Socket): string {
  const fd = descriptorOf(socket);
  const peer = fd === null ? null : peerCredentials(fd);
  if (peer === null) return 'somebody';
  return `${accounts.nameOf(peer.uid) ?? `uid ${peer.uid}`} (pid ${peer.pid})`;
}

/** Node has no word for it. */
function descriptorOf(socket: Socket): number | null {
  if (!('_handle' in socket) || typeof socket._handle !== 'object' || socket._handle === null) return null;
  const { fd } = socket._handle as { readonly fd?: unknown };
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}
