// Loaded into a daemon before it starts (`node --import`): its kernel seems to have no nf_tables from then on. A filter
// of system calls refuses netfilter sockets to this thread, as a kernel without them would.

import koffi from 'koffi';
import { assembled, INSTRUCTION, JUMP_IF_EQUAL, LOAD_WORD, RETURN } from '#linux/classic-program';

const libc = koffi.load(null);
const prctl = libc.func('int prctl(int option, unsigned long a, void *b, unsigned long c, unsigned long d)');
const prctlPlain = libc.func(
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
);

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const SOCKET = process.arch === 'x64' ? 41 : 198;
const AF_NETLINK = 16;
const NETLINK_NETFILTER = 12;
const EPROTONOSUPPORT = 93;

const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000 | EPROTONOSUPPORT;

/** What is loaded lies at offsets of `seccomp_data`. */
const code = assembled([
  { code: LOAD_WORD, value: 0 },
  { code: JUMP_IF_EQUAL, ifFalse: 5, value: SOCKET },
  { code: LOAD_WORD, value: 16 },
  { code: JUMP_IF_EQUAL, ifFalse: 3, value: AF_NETLINK },
  { code: LOAD_WORD, value: 32 },
  { code: JUMP_IF_EQUAL, ifFalse: 1, value: NETLINK_NETFILTER },
  { code: RETURN, value: REFUSE },
  { code: RETURN, value: ALLOW },
]);
const filter = Buffer.alloc(16);
filter.writeUInt16LE(code.length / INSTRUCTION, 0);
filter.writeBigUInt64LE(koffi.address(code), 8);
if (prctlPlain(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0) throw new Error(`no_new_privs: errno ${koffi.errno()}`);
if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0) !== 0) throw new Error(`seccomp: errno ${koffi.errno()}`);
