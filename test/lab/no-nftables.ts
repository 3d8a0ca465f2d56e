// Loaded into a daemon before it starts (`node --import`): its kernel seems to have no nf_tables from then on. A filter
// of system calls refuses netfilter sockets to this thread, as a kernel without them would.

import koffi from 'koffi';

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

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000 | EPROTONOSUPPORT;

/** Operation, how many to skip when true and when false, value; what is loaded lies at offsets of `seccomp_data`. */
const program = [
  [LOAD, 0, 0, 0],
  [IF_EQUAL, 0, 5, SOCKET],
  [LOAD, 0, 0, 16],
  [IF_EQUAL, 0, 3, AF_NETLINK],
  [LOAD, 0, 0, 32],
  [IF_EQUAL, 0, 1, NETLINK_NETFILTER],
  [RETURN, 0, 0, REFUSE],
  [RETURN, 0, 0, ALLOW],
] as const;

const code = Buffer.alloc(program.length * 8);
for (const [i, [operation, then, otherwise, value]] of program.entries()) {
  code.writeUInt16LE(operation, i * 8);
  code[i * 8 + 2] = then;
  code[i * 8 + 3] = otherwise;
  code.writeUInt32LE(value, i * 8 + 4);
}
const filter = Buffer.alloc(16);
filter.writeUInt16LE(program.length, 0);
filter.writeBigUInt64LE(koffi.address(code), 8);
if (prctlPlain(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0) throw new Error(`no_new_privs: errno ${koffi.errno()}`);
if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0) !== 0) throw new Error(`seccomp: errno ${koffi.errno()}`);
