// A program in the client's namespace: every frame on eth0 as a line of JSON with the instant at which it was read, and
// frames that it is told to send. It has no idea of what the frames mean. Run by tap.ts; ends when its input closes.

import { createInterface } from 'node:readline';
import { micro } from './description.ts';
import { monotonicMs, RawSocket } from './raw.ts';

/** A line of its input: these frames, in turn, so many in all and each second. */
export interface Order {
  readonly frames: readonly string[];
  readonly perSecond: number;
  readonly count: number;
}

export interface Overheard {
  readonly atMs: number;
  readonly hex: string;
}

const socket = RawSocket.frames('eth0');
const beatMs = 2;

let order: { readonly frames: readonly Buffer[]; readonly perSecond: number; readonly count: number } | null = null;
let sent = 0;
let begunMs = 0;

function listen(): void {
  const atMs = micro(monotonicMs());
  for (let length = socket.receive(); length > 0; length = socket.receive()) {
    process.stdout.write(`${JSON.stringify({ atMs, hex: socket.data.toString('hex', 0, length) })}\n`);
  }
}

function send(): void {
  if (order === null) return;
  const due = Math.min(order.count, Math.ceil(((monotonicMs() - begunMs) / 1000) * order.perSecond));
  for (; sent < due; sent += 1) {
    const frame = order.frames[sent % order.frames.length];
    if (frame !== undefined) socket.send(frame);
  }
  if (sent < order.count) return;
  order = null;
  process.stdout.write('{"done":true}\n');
}

createInterface(process.stdin)
  .on('line', (line) => {
    const read = JSON.parse(line) as Order;
    order = { ...read, frames: read.frames.map((hex) => Buffer.from(hex, 'hex')) };
    sent = 0;
    begunMs = monotonicMs();
  })
  .on('close', () => process.exit(0));
setInterval(() => {
  listen();
  send();
}, beatMs);
process.stdout.write('{"ready":true}\n');
