// Answers with its exit code whether node_modules is what package-lock.json asks for. npm leaves a lockfile of what
// it installed; times of files say nothing after a checkout, so versions and hashes are compared.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const found = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')).packages;
const same = (path) =>
  found[path]?.version === wanted[path]?.version && found[path]?.integrity === wanted[path]?.integrity;

const missing = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional && !same(path));
const foreign = Object.keys(found).filter((path) => !same(path));
if (missing.length + foreign.length > 0) process.exit(1);

try {
  // Compiled for one Node's ABI; another major version cannot load it.
  createRequire(`${process.cwd()}/`)('raw-socket');
} catch {
  process.exit(1);
}
