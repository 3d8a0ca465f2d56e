// The Internet checksum (RFC 1071) over an ICMP message, and over an ICMPv6 message with the
// pseudo-header of RFC 8200 section 8.1. The field itself must be zero to make one; over a message that carries
// the right one, the result is zero.

const icmp6 = 58;

export function icmpChecksum(message: Uint8Array): number {
  return folded(sumOfWords(message));
}

export function icmp6Checksum(source: Uint8Array, destination: Uint8Array, message: Uint8Array): number {
  return folded(sumOfWords(source) + sumOfWords(destination) + message.length + icmp6 + sumOfWords(message));
}

function folded(total: number): number {
  let sum = total;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function sumOfWords(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  return sum;
}
