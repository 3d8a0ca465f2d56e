// Ethernet addresses between text and bytes.

/** The 6 bytes of `02:00:5e:00:02:33`, or null when the text is not such an address. */
export function parseEthernetAddress(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text)) return null;
  return Uint8Array.from(text.split(':'), (pair) => Number.parseInt(pair, 16));
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
