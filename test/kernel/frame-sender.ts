// A program that sends frames from a namespace: the index of the interface and frames in hex as arguments, the first
// argument how often. Its own few calls of libc, so that it shares nothing with what it tests.

import koffi from 'koffi';

const libc = koffi.load(null);
const openSocket = libc.func('int socket(int domain, int type, int protocol)');
const send = libc.func(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
);

const [, , times = '1', index = '0', ...frames] = process.argv;
const fd = Number(openSocket(17, 3, 0));
const address = Buffer.alloc(20);
address.writeUInt16LE(17, 0);
address.writeInt32LE(Number(index), 4);
const bytes = frames.map((frame) => Buffer.from(frame, 'hex'));
for (let i = 0; i < Number(times); i += 1) {
  for (const frame of bytes) {
    if (Number(send(fd, frame, frame.length, 0, address, address.length)) !== frame.length) throw new Error('not sent');
  }
}
