// Hexadecimal digits, one by one: what is read and written in every advert should cost no pattern and no substring.

const values = valuesOfDigits();

/** 0 to 15, or -1 for a character that is no digit of either case. */
export function hexDigit(code: number): number {
  return values[code] ?? -1;
}

function valuesOfDigits(): Int8Array {
  const known = new Int8Array(128).fill(-1);
  for (let value = 0; value < 16; value += 1) {
    const digit = value.toString(16);
    known[digit.charCodeAt(0)] = value;
    known[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return known;
}
