// What we wrote ourselves is read as that; anything else is refused with its place.

import test from 'ava';
import * as fc from 'fast-check';
import { byKind, list, NotWritten, number, oneOf, orNull, positive, table, text, whole } from '#linux/written';

const read = table({
  version: oneOf(1),
  name: text,
  share: number(0, 1),
  ms: positive,
  label: orNull(text),
  places: list(2, table({ index: whole(1, 9) })),
  cause: byKind({ a: table({ kind: oneOf('a'), count: whole(0) }), b: table({ kind: oneOf('b') }) }),
});

const good = { version: 1, name: 'x', share: 0.5, ms: 2, label: null, places: [{ index: 3 }], cause: { kind: 'b' } };

test('what was written comes back', (t) => {
  t.deepEqual(read(JSON.parse(JSON.stringify(good)), ''), good as ReturnType<typeof read>);
});

const broken: readonly (readonly [what: unknown, words: string])[] = [
  [null, 'the top: expected an object'],
  [[], 'the top: expected an object'],
  [{ ...good, version: 2 }, 'version: expected 1'],
  [{ ...good, name: 1 }, 'name: expected a text'],
  [{ ...good, name: undefined }, 'name: expected a text'],
  [{ ...good, share: 1.1 }, 'share: expected a number from 0 to 1'],
  [{ ...good, share: Number.NaN }, 'share: expected a number from 0 to 1'],
  [{ ...good, ms: 0 }, 'ms: expected a number above 0'],
  [{ ...good, label: 1 }, 'label: expected a text'],
  [{ ...good, places: {} }, 'places: expected a list of 2 at most'],
  [{ ...good, places: [1, 2, 3] }, 'places: expected a list of 2 at most'],
  [{ ...good, places: [{ index: 1 }, { index: 1.5 }] }, 'places.1.index: expected a whole number from 1 to 9'],
  [{ ...good, cause: { kind: 'c' } }, 'cause.kind: expected a, b'],
  [{ ...good, cause: null }, 'cause.kind: expected a, b'],
  [{ ...good, cause: { kind: 'a' } }, 'cause.count: expected a whole number from 0 to 9007199254740991'],
  [{ ...good, cause: { kind: 'toString' } }, 'cause.kind: expected a, b'],
  [{ ...good, more: 1 }, 'more: expected nothing of this name'],
];

for (const [what, words] of broken) {
  test(`refused: ${words} (${JSON.stringify(what)})`, (t) => {
    t.throws(() => read(what, ''), { instanceOf: NotWritten, message: words });
  });
}

test('whatever is there, it is read or refused, and never anything else', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        read(value, '');
      } catch (error) {
        if (!(error instanceof NotWritten)) throw error;
      }
    }),
  );
  t.pass();
});
