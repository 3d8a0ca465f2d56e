// Addresses as an operator writes them: what moves (with a prefix length, an interface, a label), who
// is spoken to, which multicast group carries the adverts. Twice the same is found in resolve-groups.

import { familyOf, formatIp, parseIp } from '#lib/ip';
import type { KeyPath, Report } from './finding.ts';
import { interfaceName, type Kind } from './kinds.ts';
import { describedUse } from './address-use.ts';
import { ifWritten, readTable, required } from './shape.ts';
import { isTable } from './toml-values.ts';
import { expected, quote, sentence } from './wording.ts';

interface Ip {
  /** Canonical. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
}

/** Null where nothing was written, undefined where it was wrong. */
export interface WrittenAddress {
  readonly ip: Ip;
  readonly interface: string | null | undefined;
  readonly label: string | null | undefined;
}

const apart = 'Write the interface apart: { address = "…", interface = "…" }.';

const addressText: Kind<Ip> = {
  what: 'an IPv4 or IPv6 address, with or without a prefix length',
  read(value, at, report) {
    if (typeof value !== 'string') return report.problem(at, expected(this.what, value));
    const [text = '', length, ...more] = value.split('/');
    const bytes = parseIp(text);
    if (bytes === null || more.length > 0)
      return report.problem(at, expected(this.what, value, addressHint(text, apart)));
    const prefix = length === undefined ? bytes.length * 8 : prefixLength(length, bytes.length * 8);
    if (prefix === null) {
      return report.problem(at, expected(`a prefix length from 1 to ${bytes.length * 8} after the "/"`, value));
    }
    const use = describedUse(bytes, prefix);
    if (use !== null) return report.problem(at, refused('an address that one host can have', use, value));
    return { address: formatIp(bytes), family: familyOf(bytes), prefix };
  },
};

const labelText: Kind<string> = {
  what: 'a label of 1 to 15 characters without spaces',
  read(value, at, report) {
    const isRight = typeof value === 'string' && /^[\x21-\x7e]{1,15}$/.test(value);
    return isRight ? value : report.problem(at, expected(this.what, value));
  },
};

const addressShape = {
  address: required(addressText),
  interface: ifWritten(interfaceName),
  label: ifWritten(labelText),
};

export const virtualAddress: Kind<WrittenAddress> = {
  what: 'an address such as "192.0.2.10" or { address = "192.0.2.10/24", interface = "eth0", label = "eth0:web" }',
  read(value, at, report) {
    if (!isTable(value)) {
      if (typeof value !== 'string') return report.problem(at, expected(this.what, value));
      const ip = addressText.read(value, at, report);
      return ip === undefined ? undefined : { ip, interface: null, label: null };
    }
    const fields = readTable(addressShape, value, at, report);
    if (fields?.address === undefined) return undefined;
    return {
      ip: fields.address,
      interface: fields.interface,
      label: labelOf(fields.label, fields.address, at, report),
    };
  },
};

/** A peer's own address. Without a name for the interface a link-local one leads nowhere. */
export const peerAddress = hostAddress("a peer's own IPv4 or IPv6 address", { loopback: true });

/** Of a link-local one it would not be known on which link to ask. */
export const gatewayAddress = hostAddress("a gateway's own IPv4 or IPv6 address", { loopback: false });

function hostAddress(what: string, { loopback }: { readonly loopback: boolean }): Kind<string> {
  return {
    what,
    read(value, at, report) {
      const bytes = typeof value === 'string' ? parseIp(value) : null;
      if (bytes === null) {
        const hint = typeof value === 'string' ? addressHint(value, 'No interface can be named here.') : '';
        return report.problem(at, expected(what, value, hint));
      }
      const use = describedUse(bytes, bytes.length * 8);
      const isAllowed = use === null || (loopback && use === 'the loopback address');
      if (!isAllowed) return report.problem(at, refused(what, use, value));
      if (isLinkLocal6(bytes))
        return report.problem(at, refused('an address beyond one link', 'the link-local address', value));
      return formatIp(bytes);
    },
  };
}

export const multicastAddress: Kind<string> = {
  what: 'a multicast address, such as "224.0.0.18" or "ff02::12"',
  read(value, at, report) {
    const bytes = typeof value === 'string' ? parseIp(value) : null;
    const isRight = bytes !== null && describedUse(bytes, bytes.length * 8) === 'the multicast address';
    return isRight ? formatIp(bytes) : report.problem(at, expected(this.what, value));
  },
};

export function isLinkLocal6(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}

/** The kernel keeps labels for IPv4 alone; one that it drops must not look accepted. */
function labelOf(label: string | null | undefined, ip: Ip, at: KeyPath, report: Report): string | null | undefined {
  if (typeof label !== 'string' || ip.family === 4) return label;
  return report.problem(
    [...at, 'label'],
    `expected no label, found ${quote(label)}: the kernel has labels for IPv4 addresses only.`,
  );
}

function prefixLength(text: string, bits: number): number | null {
  const isRight = /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= bits;
  return isRight ? Number(text) : null;
}

function refused(what: string, use: string, value: unknown): string {
  return sentence(`expected ${what}, found ${use} ${quote(String(value))}`, '');
}

function addressHint(text: string, zoneHint: string): string {
  if (text.includes('%')) return zoneHint;
  const withoutZeros = text.replaceAll(/\b0+(?=\d)/g, '');
  if (withoutZeros !== text && parseIp(withoutZeros)?.length === 4) {
    return `Did you mean ${quote(withoutZeros)}? A leading zero means octal to some tools.`;
  }
  return text.trim() === text || parseIp(text.trim()) === null ? '' : `Did you mean ${quote(text.trim())}?`;
}
