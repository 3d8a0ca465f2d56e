// The programs for the kernel, run by a small machine of the test's own on frames that must and must not pass.

import test from 'ava';
import { arpProbe, arpRequest } from '#wire/arp-question';
import { gratuitousArp } from '#wire/gratuitous-arp';
import { neighbourSolicitation } from '#wire/neighbour-solicitation';
import { advertisementFilter, arpFilter } from '#linux/packet-filter';

const mac = '02:00:00:00:00:0a';

test('ARP whose sender is ours passes, and a probe for ours; a question of others and their announcement do not', (t) => {
  const program = arpFilter(['10.0.0.1', '10.0.0.2']);
  t.true(passes(program, gratuitousArp('request', mac, '10.0.0.1')));
  t.true(passes(program, gratuitousArp('reply', mac, '10.0.0.2')));
  t.false(passes(program, gratuitousArp('reply', mac, '10.0.0.3')));
  t.true(passes(program, arpProbe(mac, '10.0.0.2')));
  t.false(passes(program, arpProbe(mac, '10.0.0.3')));
  t.false(passes(program, arpRequest(mac, '10.0.0.3', '10.0.0.1')));
  t.false(passes(program, gratuitousArp('reply', mac, '10.0.0.1').with(19, 8)), 'not IPv4');
  t.false(passes(program, new Uint8Array(10)), 'too short to load');
});

test('advertisements of our targets pass; solicitations and other traffic do not', (t) => {
  const program = advertisementFilter(['fd00::1', 'fd00::2']);
  const question = neighbourSolicitation({ mac, source: 'fe80::1', target: 'fd00::2' });
  t.true(passes(program, question.with(54, 136)));
  t.false(passes(program, question));
  const probe = { mac, source: 'fe80::1', probes: true } as const;
  t.true(passes(program, neighbourSolicitation({ ...probe, target: 'fd00::2' })));
  t.false(passes(program, neighbourSolicitation({ ...probe, target: 'fd00::3' })));
  t.false(passes(program, neighbourSolicitation({ ...probe, target: 'fd00::2' }).with(5, 2)), 'to all routers');
  t.false(passes(program, neighbourSolicitation({ mac, source: null, target: 'fd00::3' }).with(54, 136)));
  t.false(passes(program, question.with(54, 136).with(20, 6)), 'TCP');
});

test('with a thousand addresses the first and the last pass, within what the kernel takes', (t) => {
  const many = Array.from({ length: 1000 }, (_, i) => `10.9.${i >> 8}.${i & 255}`);
  const program = arpFilter(many);
  t.true(program.length / 8 <= 4096);
  for (const address of ['10.9.0.0', '10.9.3.231']) t.true(passes(program, gratuitousArp('request', mac, address)));
  t.false(passes(program, gratuitousArp('request', mac, '10.9.3.232')));
  t.true(passes(program, arpProbe(mac, '10.9.3.231')));
  t.false(passes(program, arpProbe(mac, '10.9.3.232')));
});

test('with more addresses than fit, every ARP packet passes', (t) => {
  const many = Array.from({ length: 5000 }, (_, i) => `10.9.${i >> 8}.${i & 255}`);
  const program = arpFilter(many);
  t.true(program.length / 8 <= 4096);
  t.true(passes(program, gratuitousArp('request', mac, '10.200.0.1')));
});

/** The six instructions in use, as bpf(4) of the BSDs tells them; a load beyond the frame turns it away. */
function passes(program: Uint8Array, frame: Uint8Array): boolean {
  const code = Buffer.from(program);
  const packet = Buffer.from(frame);
  const loads: Record<number, number> = { 0x20: 4, 0x28: 2, 0x30: 1 };
  let accumulator = 0;
  for (let at = 0; at < code.length; at += 8) {
    const operation = code.readUInt16LE(at);
    const value = code.readUInt32LE(at + 4);
    const width = loads[operation];
    if (operation === 0x06) return value > 0;
    if (width !== undefined) {
      if (value + width > packet.length) return false;
      accumulator = packet.readUIntBE(value, width);
    } else if (operation === 0x05) {
      at += 8 * value;
    } else if (operation === 0x15) {
      at += 8 * (code[accumulator === value ? at + 2 : at + 3] ?? 0);
    } else {
      throw new Error(`unknown instruction ${operation}`);
    }
  }
  throw new Error('the program runs over its end');
}
