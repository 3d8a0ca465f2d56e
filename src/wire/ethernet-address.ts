// Ethernet addresses between text and bytes.

import { hexDigit } from './hex.ts';

const colon = 0x3a;
const textLength = 17;

/** The 6 bytes of `02:00:5e:00:02:33`, or null when the text is not such an address. */
export function parseEthernetAddress(text: string): Uint8Array | null {
  if (text.length !== textLength) return null;
  const bytes = new Uint8Array(6);
  for (let i = 0; i < 6; i += 1) {
    const [high, low] = [hexDigit(text.charCodeAt(3 * i)), hexDigit(text.charCodeAt(3 * i + 1))];
    if (high < 0 || low < 0 || (i < 5 && text.charCodeAt(3 * i + 2) !== colon)) return null;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** Lower case, as the kernel writes them. */
export function ethernetText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** For an address that the kernel gave or that was checked before. */
export function ethernetAddress(text: string): Uint8Array {
  const bytes = parseEthernetAddress(text);
  if (bytes === null) throw new RangeError(`expected an Ethernet address such as 02:00:00:00:00:01, found "${text}"`);
  return bytes;
}
