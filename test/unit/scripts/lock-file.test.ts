// The lock file names every package that any machine might install. `npm ci` refuses one that leaves some
// out, and `npm install` leaves out what its registry happens not to have.

import { readFileSync } from 'node:fs';
import test from 'ava';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8');
const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Locked>> };

test('no optional package is missing from the lock file, so that npm ci accepts it everywhere', (t) => {
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ path, name })),
  );
  t.true(wanted.length > 0);
  const missing = wanted.filter(
    ({ path, name }) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
  );
  t.deepEqual(missing, []);
});
