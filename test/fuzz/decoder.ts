// Sends generated packets through the decoder and fails on any exception, and on any advert that is
// accepted although no sender could have made it. By hand, with a count and a seed:
//   node dist-test/fuzz/decoder.js 1000000 42

import { fileURLToPath } from 'node:url';
import type { Advert } from '#model/advert';
import { decodeDatagram, type Expected } from '#wire/decode-datagram';
import { encodeAdvert } from '#wire/encode-advert';
import { type Refusal, refusals } from '#wire/refusal';
import { cheapHash, packetsFrom, randomFrom } from './packets.ts';

const longestPacket = 4096;
const mostFailures = 10;

export interface FuzzReport {
  readonly packets: number;
  readonly accepted: number;
  readonly refused: ReadonlyMap<Refusal, number>;
  /** What went wrong, with the packet in hex. At most ten are kept. */
  readonly failures: readonly string[];
}

export function fuzzDecoder(packets: number, seed: number): FuzzReport {
  const random = randomFrom(seed);
  const cluster = 'edge';
  const withKey: Expected = { cluster, hash: cheapHash(7) };
  const withoutKey: Expected = { cluster, hash: cheapHash(0) };
  const sources = [withKey, withKey, withKey, withoutKey].map(({ hash }) => packetsFrom(random, cluster, hash));
  const scratch = new Uint8Array(longestPacket);
  const refused = new Map<Refusal, number>();
  const failures: string[] = [];
  let accepted = 0;
  for (let i = 0; i < packets; i += 1) {
    const expected = random(4) === 0 ? withoutKey : withKey;
    const packet = sources[random(sources.length)]?.(scratch) ?? scratch;
    try {
      const decoded = decodeDatagram(packet, expected);
      if (decoded.kind === 'refused') refused.set(decoded.reason, (refused.get(decoded.reason) ?? 0) + 1);
      else {
        accepted += 1;
        sayAgain(decoded.advert, expected, packet.length);
      }
    } catch (error) {
      if (failures.length < mostFailures) failures.push(`${String(error)}: ${Buffer.from(packet).toString('hex')}`);
    }
  }
  return { packets, accepted, refused, failures };
}

/** The encoder throws on every value out of its range, so what was accepted must pass it, in one datagram. */
function sayAgain({ sequence, table, echoes, ...header }: Advert, { hash }: Expected, heardLength: number): void {
  const datagrams = encodeAdvert(header, table, echoes, () => sequence, hash);
  const length = datagrams.reduce((sum, bytes) => sum + bytes.length, 0);
  if (datagrams.length !== 1 || length > heardLength) {
    throw new Error(`accepted ${heardLength} bytes that are said again in ${datagrams.length} datagrams of ${length}`);
  }
}

function main(): void {
  const packets = Number(process.argv[2] ?? 1_000_000);
  const seed = Number(process.argv[3] ?? Date.now() % 0x1_0000_0000);
  console.log(`${packets} packets from seed ${seed}`);
  const started = performance.now();
  const { accepted, refused, failures } = fuzzDecoder(packets, seed);
  console.log(`accepted: ${accepted}`);
  for (const reason of refusals) console.log(`${reason}: ${refused.get(reason) ?? 0}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
