// Asks gateways by ICMP echo, also those that are not on a segment of ours. One raw socket for each family, with a
// filter that lets nothing but echo replies in. What cannot be sent is no answer, and said once.

import { randomBytes } from 'node:crypto';
import { AddressFamily, createSocket, Protocol } from 'raw-socket';
import type { RawSocket } from 'raw-socket';
import type { IpFamily } from '#lib/ip';
import { echoRequest, readEchoReply } from '#wire/icmp-echo';
import { guarded } from './netlink-guard.ts';
import { SaidOnce } from './said-once.ts';

const SOL_RAW = 255;
const ICMP_FILTER = 1;
const IPPROTO_ICMPV6 = 58;
const ICMP6_FILTER = 1;
const ECHO_REPLY_4 = 0;
const ECHO_REPLY_6 = 129;
const TOKEN_LENGTH = 16;

export class GatewayEcho {
  readonly #gateways: readonly string[];
  readonly #answered: (gateway: string) => void;
  readonly #said: SaidOnce;
  readonly #token = randomBytes(TOKEN_LENGTH);
  readonly #id = randomBytes(2).readUInt16BE();
  /** BOUNDED: one for each family. */
  readonly #sockets = new Map<IpFamily, RawSocket>();
  /** BOUNDED: gateways whose last question has not left yet; no second one waits behind it. */
  readonly #leaving = new Set<string>();
  #sequence = 0;

  constructor(gateways: readonly string[], answered: (gateway: string) => void, warn: (words: string) => void) {
    this.#gateways = gateways;
    this.#answered = answered;
    this.#said = new SaidOnce(warn);
  }

  ask(gateway: string): void {
    const subject = this.#gateways.indexOf(gateway);
    // A link-local address says nothing without its interface: it is asked by solicitation alone.
    if (subject < 0 || /^fe[89ab]/.test(gateway) || this.#leaving.has(gateway)) return;
    const family = gateway.includes(':') ? 6 : 4;
    const what = `gateway ${gateway} cannot be asked by ICMP`;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const echo = { id: this.#id, sequence: this.#sequence, token: this.#token, subject };
    const request = Buffer.from(echoRequest(family, echo));
    try {
      const socket = this.#socket(family);
      this.#leaving.add(gateway);
      socket.send(request, 0, request.length, gateway, (error) => {
        this.#leaving.delete(gateway);
        this.#said.told(what, error === null ? null : error.message);
      });
    } catch (error) {
      this.#said.told(what, error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #socket(family: IpFamily): RawSocket {
    const open = this.#sockets.get(family);
    if (open !== undefined) return open;
    const socket =
      family === 4
        ? createSocket({ protocol: Protocol.ICMP, addressFamily: AddressFamily.IPv4 })
        : createSocket({ protocol: Protocol.ICMPv6, addressFamily: AddressFamily.IPv6 });
    // An error that the socket cannot go on after closes it, and the next question opens another.
    socket.on('error', () => this.#forget(family, socket));
    // Behind the guard, since the package takes what is thrown here for an error of the socket.
    const received = guarded((packet: Buffer) => {
      const gateway = this.#gateways[readEchoReply(family, packet, this.#token) ?? -1];
      if (gateway !== undefined && this.#sockets.get(family) === socket) this.#answered(gateway);
    });
    socket.on('message', received);
    try {
      const [level, option, filter] = family === 4 ? filter4() : filter6();
      socket.setOption(level, option, filter, filter.length);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.#sockets.set(family, socket);
    return socket;
  }

  #forget(family: IpFamily, socket: RawSocket): void {
    if (this.#sockets.get(family) === socket) this.#sockets.delete(family);
    this.#leaving.clear();
    socket.close();
  }
}

type Filter = readonly [level: number, option: number, value: Buffer];

/** A set bit turns its type away. */
function filter4(): Filter {
  const types = Buffer.alloc(4);
  types.writeUInt32LE(~(1 << ECHO_REPLY_4) >>> 0);
  return [SOL_RAW, ICMP_FILTER, types];
}

function filter6(): Filter {
  const types = Buffer.alloc(32, 0xff);
  const word = (ECHO_REPLY_6 >> 5) * 4;
  types.writeUInt32LE(~(1 << (ECHO_REPLY_6 & 31)) >>> 0, word);
  return [IPPROTO_ICMPV6, ICMP6_FILTER, types];
}
