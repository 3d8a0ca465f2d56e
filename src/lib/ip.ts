// IP addresses as bytes and as canonical text (RFC 5952 for IPv6). Zones, prefixes in the text and
// host names are absent on purpose: whoever needs them splits them off first.

export type IpFamily = 4 | 6;

/** The 4 or 16 bytes of an address, or null when the text is not one. */
export function parseIp(text: string): Uint8Array | null {
  return text.includes(':') ? parseIp6(text) : parseIp4(text);
}

export function formatIp(bytes: Uint8Array): string {
  return bytes.length === 4 ? formatIp4(bytes, 0) : formatIp6(bytes);
}

/** The text that two spellings of one address share, or null when it is not an address. */
export function canonicalIp(text: string): string | null {
  const bytes = parseIp(text);
  return bytes === null ? null : formatIp(bytes);
}

export function familyOf(bytes: Uint8Array): IpFamily {
  return bytes.length === 4 ? 4 : 6;
}

/** Orders addresses as unsigned numbers in network order; IPv4 comes before IPv6. */
export function compareIp(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One name for one address on one interface, the same in every room. */
export function addressKey(where: { interface: string; address: string; prefix: number }): string {
  return `${where.interface}/${where.address}/${where.prefix}`;
}

function parseIp4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    // A leading zero means octal to some tools and decimal to others: refused.
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return null;
    const value = Number(part);
    if (value > 255) return null;
    bytes[i] = value;
  }
  return bytes;
}

function parseIp6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = words(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? words(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** The 16-bit words of one side of `::`; a dotted quad may stand at the very end. */
function words(text: string, atEnd: boolean): number[] | null {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const quad = atEnd && i === parts.length - 1 ? parseIp4(part) : null;
      if (quad === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = quad;
      result.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      result.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return result;
}

// Written without closures: each advert names addresses, and an idle daemon runs this too seldom to have it compiled.
function formatIp6(bytes: Uint8Array): string {
  const { start, length } = longestZeroRun(bytes);
  const isMapped = start === 0 && length === 5 && wordAt(bytes, 5) === 0xffff;
  if (isMapped) return `::ffff:${formatIp4(bytes, 12)}`;
  let text = '';
  for (let i = 0; i < 8; i += 1) {
    if (i === start && length >= 2) {
      text += '::';
      i += length - 1;
    } else {
      if (i > 0 && !text.endsWith(':')) text += ':';
      text += wordAt(bytes, i).toString(16);
    }
  }
  return text;
}

function formatIp4(bytes: Uint8Array, at: number): string {
  return `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;
}

function wordAt(bytes: Uint8Array, index: number): number {
  return ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0);
}

/** The first of the longest. */
function longestZeroRun(bytes: Uint8Array): { readonly start: number; readonly length: number } {
  let best = 0;
  let length = 0;
  let start = 0;
  for (let i = 0; i <= 8; i += 1) {
    if (i < 8 && wordAt(bytes, i) === 0) continue;
    if (i - start > length) {
      best = start;
      length = i - start;
    }
    start = i + 1;
  }
  return { start: best, length };
}
