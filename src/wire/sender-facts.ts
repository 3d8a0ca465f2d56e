// What a sender says of its host, between value and bytes: one section of the same length in every
// advert of that host, however many groups it has.

import type { GatewayWord, SenderFacts } from '#model/advert';
import { ethernetAddress } from './ethernet-address.ts';
import * as layout from './layout.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

const words = new Map(Object.entries(layout.gatewayCodes).map(([word, code]) => [code, word as GatewayWord]));

export function factsLength(facts: SenderFacts | null): number {
  return facts === null ? 0 : layout.sectionHeadLength + 1 + facts.macs.length * layout.hardwareAddressLength;
}

export function writeFacts(writer: Writer, facts: SenderFacts | null): void {
  if (facts === null) return;
  const { macs, gateway } = facts;
  if (macs.length > layout.mostHardwareAddresses)
    throw new RangeError(
      `an advert has at most ${layout.mostHardwareAddresses} hardware addresses, found ${macs.length}`,
    );
  writer.u8(layout.sectionFacts, 'section');
  writer.u16(factsLength(facts) - layout.sectionHeadLength, 'length of the facts');
  writer.u8(layout.gatewayCodes[gateway], 'gateway');
  for (const mac of macs) writer.raw(knownAddress(mac));
}

/** A host says the same few with every advert. BOUNDED by `mostKnown`. */
const known = new Map<string, Uint8Array>();
const mostKnown = 64;

function knownAddress(mac: string): Uint8Array {
  const bytes = known.get(mac);
  if (bytes !== undefined) return bytes;
  if (known.size >= mostKnown) known.clear();
  const parsed = ethernetAddress(mac);
  known.set(mac, parsed);
  return parsed;
}

export function readFacts(reader: Reader): SenderFacts {
  const gateway = words.get(reader.u8());
  const count = reader.left / layout.hardwareAddressLength;
  const isWhole = Number.isInteger(count) && count <= layout.mostHardwareAddresses;
  if (gateway === undefined || !isWhole) reader.refuse('malformed-section');
  const macs: string[] = [];
  while (reader.hasMore) macs.push(reader.hardwareAddress());
  return { gateway: gateway ?? 'none', macs };
}
