// A program that watches the segment from a namespace: every frame that comes in on an interface, as a
// line of hex. Its own few calls of libc, so that it shares nothing with what it checks.

import koffi from 'koffi';

const libc = koffi.load(null);
const openSocket = libc.func('int socket(int domain, int type, int protocol)');
const bindSocket = libc.func('int bind(int fd, const void *address, uint32_t length)');
const receive = libc.func('intptr_t recv(int fd, _Out_ uint8_t *bytes, size_t length, int flags)');

const setOption = libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)');

const AF_PACKET = 17;
const SO_RCVBUFFORCE = 33;
const ETH_P_ALL_SWAPPED = 0x0300;
const MSG_DONTWAIT = 0x40;

const index = Number(process.argv[2]);
const fd = Number(openSocket(AF_PACKET, 3, ETH_P_ALL_SWAPPED));
const room = Buffer.alloc(4);
room.writeInt32LE(8 * 1024 * 1024);
setOption(fd, 1, SO_RCVBUFFORCE, room, room.length);
const address = Buffer.alloc(20);
address.writeUInt16LE(AF_PACKET, 0);
address.writeUInt16BE(0x0003, 2);
address.writeInt32LE(index, 4);
if (bindSocket(fd, address, address.length) !== 0) throw new Error('cannot bind the capture');
process.stdout.write('ready\n');
const bytes = Buffer.alloc(2048);
setInterval(() => {
  for (;;) {
    const length = Number(receive(fd, bytes, bytes.length, MSG_DONTWAIT));
    if (length <= 0) return;
    process.stdout.write(`${bytes.toString('hex', 0, length)}\n`);
  }
}, 2);
