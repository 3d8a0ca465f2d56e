import { createHmac } from 'node:crypto';
import test from 'ava';
import * as fc from 'fast-check';
import { createKeyedHash, keyIdOf } from '#linux/keyed-hash';

const old = new Uint8Array(32).fill(1);
const fresh = new Uint8Array(16).fill(2);
const bytes = fc.uint8Array({ maxLength: 300 });

test('the hash is the first half of HMAC-SHA256 (RFC 4231, test case 2)', (t) => {
  const hash = createKeyedHash([Buffer.from('Jefe')]);
  const mac = Buffer.from(hash.sign(Buffer.from('what do ya want for nothing?'))).toString('hex');
  t.is(mac, '5bdcc146bf60754e6a042426089575c7');
});

test('the first key signs and every key verifies', (t) => {
  const both = createKeyedHash([fresh, old]);
  const onlyOld = createKeyedHash([old]);
  const text = Uint8Array.of(1, 2, 3);
  t.is(both.keyId, keyIdOf(fresh));
  t.is(both.verify(onlyOld.keyId, text, onlyOld.sign(text)), 'good');
  t.is(both.verify(both.keyId, text, both.sign(text)), 'good');
  t.is(onlyOld.verify(both.keyId, text, both.sign(text)), 'unknown-key');
});

test('a mac under another key, of another length or with one bit flipped is bad', (t) => {
  const hash = createKeyedHash([fresh, old]);
  fc.assert(
    fc.property(bytes, fc.nat(127), (text, bit) => {
      const mac = hash.sign(text);
      t.is(mac.length, 16);
      t.is(hash.verify(hash.keyId, text, mac), 'good');
      t.is(hash.verify(keyIdOf(old), text, mac), 'bad');
      t.is(hash.verify(hash.keyId, text, mac.slice(0, 15)), 'bad');
      t.is(hash.verify(hash.keyId, text, new Uint8Array([...mac, 0])), 'bad');
      const flipped = mac.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      t.is(hash.verify(hash.keyId, text, flipped), 'bad');
    }),
  );
});

test('a key number is never zero, the same everywhere, and not the start of the key', (t) => {
  t.is(keyIdOf(old), createHmac('sha256', old).update('locum key id').digest().readUInt32BE(0));
  t.is(keyIdOf(old), keyIdOf(old.slice()));
  t.not(keyIdOf(old), 0x01010101);
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (key) => keyIdOf(key) > 0));
});

test('without keys only number zero and sixteen zero bytes are good', (t) => {
  const open = createKeyedHash(null);
  const text = Uint8Array.of(1);
  t.is(open.keyId, 0);
  t.deepEqual(open.sign(text), new Uint8Array(16));
  t.is(open.verify(0, text, new Uint8Array(16)), 'good');
  t.is(open.verify(0, text, new Uint8Array(16).fill(1)), 'bad');
  t.is(open.verify(0, text, new Uint8Array(15)), 'bad');
  t.is(open.verify(7, text, new Uint8Array(16)), 'unknown-key');
  t.is(createKeyedHash([old]).verify(0, text, new Uint8Array(16)), 'unknown-key');
});

test('no key at all is a mistake of ours', (t) => {
  t.throws(() => createKeyedHash([]), { message: 'expected at least one key, found none' });
});
