// Whether this host can have a gate: shown by making one under another name and taking it away, in one transaction.
// Where it cannot, the reason comes back in words. And what takes away the gate of a daemon that is dead.

import type { Clock } from '#ports/clock';
import { Gate } from './gate.ts';
import { GateSocket } from './gate-socket.ts';
import { gateName } from './gate-name.ts';
import { GateTables } from './gate-tables.ts';
import { kernelTickMs } from './kernel-tick.ts';
import { EOPNOTSUPP, EPERM, errnoWords } from './netlink-errno.ts';

export interface GateWishes {
  readonly runtimeDir: string;
  readonly clock: Clock;
  /** What may pass between asking the clock and the kernel's word. */
  readonly slackMs: number;
  readonly warn: (words: string) => void;
}

/** Every network namespace has it. */
const loopback = { index: 1, name: 'lo' };

/** A gate, or why this host has none. */
export function openGate({ runtimeDir, clock, slackMs, warn }: GateWishes): Gate | string {
  const socket = socketOr();
  if (typeof socket === 'string') return socket;
  const name = gateName(runtimeDir);
  const scratchName = `${name}-try`;
  const egress = new GateTables(socket, scratchName, true).try([loopback]) === 0;
  const errno = egress ? 0 : new GateTables(socket, scratchName, false).try([]);
  if (errno !== 0) {
    socket.close();
    return whyNot(errno);
  }
  if (!egress)
    warn('this kernel has no egress hook (Linux 5.16): announcements of its own are not held back by the gate');
  const tables = new GateTables(socket, name, egress);
  return new Gate({ socket, name, tables, clock, slackMs, tickMs: kernelTickMs(), warn });
}

/** The name of the tables that a dead daemon of this runtime directory left, null when there are none. */
export function removeGate(runtimeDir: string): { readonly removed: string | null; readonly trouble: string | null } {
  const socket = socketOr();
  // Where there are no such sockets there are no such tables.
  if (typeof socket === 'string') return { removed: null, trouble: null };
  try {
    const name = gateName(runtimeDir);
    const { found, errno } = new GateTables(socket, name, true).remove();
    const trouble = errno === 0 ? null : `the tables ${name} of nf_tables stay: ${errnoWords(errno)}`;
    return { removed: found ? name : null, trouble };
  } finally {
    socket.close();
  }
}

function socketOr(): GateSocket | string {
  try {
    return new GateSocket();
  } catch (error) {
    return `this kernel has no nf_tables (${error instanceof Error ? error.message : String(error)})`;
  }
}

function whyNot(errno: number): string {
  if (errno === EPERM) return 'nf_tables are not permitted to this daemon (EPERM): it needs CAP_NET_ADMIN here';
  if (errno === EOPNOTSUPP) return 'this kernel has no nf_tables (EOPNOTSUPP): is the module nf_tables there?';
  return `this kernel's nf_tables do not take the gate: ${errnoWords(errno)}`;
}
