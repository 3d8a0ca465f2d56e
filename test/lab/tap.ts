// The test's end of the eavesdropper: what went over the wire since, as adverts and as announcements, and frames to put
// on it. What an advert says stays closed here: sizes, senders and instants are all that tests need.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Order, Overheard } from './eavesdropper.ts';
import type { Lab, Owner } from './lab.ts';

export interface Datagram {
  readonly atMs: number;
  readonly from: string;
  readonly payload: Buffer;
}

export interface Announced {
  readonly atMs: number;
  readonly mac: string;
  readonly address: string;
}

const group = '224.0.0.18';
const port = 10_112;

export class Tap {
  /** Bounded by the test that listens: some seconds of a quiet segment. */
  private frames: { readonly atMs: number; readonly bytes: Buffer }[] = [];
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private orders = 0;
  private done = 0;
  private woken: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.child = child;
    this.closed = once(child, 'close');
    if (child.stdout === null) throw new Error('an eavesdropper without standard output');
    createInterface(child.stdout).on('line', (line) => {
      const told = JSON.parse(line) as Overheard | { readonly done: true } | { readonly ready: true };
      if ('hex' in told) this.frames.push({ atMs: told.atMs, bytes: Buffer.from(told.hex, 'hex') });
      else if ('done' in told) this.done += 1;
      this.woken();
    });
  }

  static async open(owner: Owner, lab: Lab): Promise<Tap> {
    const program = fileURLToPath(new URL('eavesdropper.js', import.meta.url));
    const { namespace } = lab.description.client;
    const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const tap = new Tap(child);
    owner.teardown(() => tap.close());
    await tap.next();
    return tap;
  }

  forget(): void {
    this.frames = [];
  }

  /** What was sent to the multicast group and the adverts' port. */
  adverts(): Datagram[] {
    return this.frames.flatMap(({ atMs, bytes }) => {
      if (bytes.length < 42 || bytes.readUInt16BE(12) !== 0x0800 || bytes[23] !== 17) return [];
      const to = bytes.subarray(30, 34).join('.');
      if (to !== group || bytes.readUInt16BE(36) !== port) return [];
      return [{ atMs, from: bytes.subarray(26, 30).join('.'), payload: bytes.subarray(42) }];
    });
  }

  /** Gratuitous ARP and unsolicited neighbour advertisements; IPv6 addresses as 32 digits. */
  announcements(): Announced[] {
    return this.frames.flatMap(({ atMs, bytes }) => {
      const mac = bytes.toString('hex', 6, 12).replaceAll(/(..)(?=.)/g, '$1:');
      const type = bytes.length >= 42 ? bytes.readUInt16BE(12) : 0;
      if (type === 0x0806) {
        const address = bytes.subarray(28, 32);
        return address.equals(bytes.subarray(38, 42)) ? [{ atMs, mac, address: address.join('.') }] : [];
      }
      if (type !== 0x86dd || bytes.length < 86 || bytes[20] !== 58 || bytes[54] !== 136) return [];
      return [{ atMs, mac, address: bytes.toString('hex', 62, 78) }];
    });
  }

  /** Waits until they are sent. */
  async send(order: Order): Promise<void> {
    this.orders += 1;
    this.child.stdin?.write(`${JSON.stringify(order)}\n`);
    while (this.done < this.orders) {
      await this.next();
    }
  }

  /** A datagram to the port of the adverts, in a frame of the client's own MAC and any sender's address. */
  frame(from: string, payload: Buffer): string {
    const head = Buffer.alloc(42);
    Buffer.from('01005e000012024c000001fe0800', 'hex').copy(head);
    Buffer.from('4500000000004000ff110000', 'hex').copy(head, 14);
    head.writeUInt16BE(28 + payload.length, 16);
    Buffer.from(from.split('.').map(Number)).copy(head, 26);
    Buffer.from(group.split('.').map(Number)).copy(head, 30);
    let sum = 0;
    for (let at = 14; at < 34; at += 2) sum += head.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    head.writeUInt16BE(~sum & 0xffff, 24);
    head.writeUInt16BE(port, 34);
    head.writeUInt16BE(port, 36);
    // A checksum of zero is none, which UDP over IPv4 allows.
    head.writeUInt16BE(8 + payload.length, 38);
    return Buffer.concat([head, payload]).toString('hex');
  }

  /** Its next word. */
  private async next(): Promise<void> {
    const word = new Promise<'word'>((resolve) => {
      this.woken = () => resolve('word');
    });
    if ((await Promise.race([word, this.closed])) !== 'word') throw new Error('the eavesdropper ended too early');
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    await this.closed;
  }
}
