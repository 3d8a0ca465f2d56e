import test from 'ava';
import * as fc from 'fast-check';
import { KnownNames, KnownPairs } from '#wire/known-texts';

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const word = fc.stringMatching(/^[a-z]{1,3}$/);

test('a name is found only where the bytes are the same', (t) => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 600 }), word, (learnt, asked) => {
      const names = new KnownNames();
      for (const text of learnt) names.learn(ascii(text), 0, text.length, text);
      const found = names.find(ascii(`-${asked}-`), 1, 1 + asked.length);
      t.true(found === null || (found === asked && learnt.includes(asked)), `${asked}: ${found}`);
    }),
  );
});

test('the name that was learnt last is found', (t) => {
  fc.assert(
    fc.property(fc.array(word), word, (learnt, last) => {
      const names = new KnownNames();
      for (const text of [...learnt, last]) names.learn(ascii(text), 0, text.length, text);
      t.is(names.find(ascii(last), 0, last.length), last);
    }),
  );
});

test('nothing is found before anything was learnt', (t) => {
  t.is(new KnownNames().find(ascii('a'), 0, 1), null);
});

test('two numbers always give the text that is made of them, made once while they come again', (t) => {
  let made = 0;
  const pairs = new KnownPairs((high, low) => {
    made += 1;
    return `${high} ${low}`;
  });
  const number = fc.oneof(fc.nat(3), fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff }), fc.nat(0xffff));
  fc.assert(fc.property(number, number, (high, low) => t.is(pairs.textOf(high, low), `${high} ${low}`)));
  pairs.textOf(7, 9);
  const before = made;
  pairs.textOf(7, 9);
  t.is(made, before);
});
