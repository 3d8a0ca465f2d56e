import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { PathFacts } from '#model/host-facts';
import { readHostFacts } from '#linux/host-facts';

function directory(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'locum-facts-'));
  t.teardown(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

test('a file has its permission bits and its owner, through links too', (t) => {
  const dir = directory(t);
  const file = join(dir, 'script');
  writeFileSync(file, '');
  chmodSync(file, 0o4750);
  symlinkSync(file, join(dir, 'link'));
  const expected = { kind: 'file', mode: 0o4750, uid: process.geteuid?.() } as const;
  t.like(readHostFacts().path(file), expected);
  t.like(readHostFacts().path(join(dir, 'link')), expected);
});

test('what is not a regular file has a name, what is not there is missing', (t) => {
  const dir = directory(t);
  mkdirSync(join(dir, 'sub'));
  writeFileSync(join(dir, 'file'), '');
  symlinkSync(join(dir, 'loop'), join(dir, 'loop'));
  const facts = readHostFacts();
  const path = (name: string): PathFacts => facts.path(name);
  t.deepEqual(path(join(dir, 'sub')), { kind: 'other', what: 'a directory' });
  t.deepEqual(path('/dev/null'), { kind: 'other', what: 'a device' });
  t.deepEqual(path(join(dir, 'none')), { kind: 'missing' });
  t.deepEqual(path(join(dir, 'file', 'below')), { kind: 'missing' });
  t.deepEqual(path(join(dir, 'loop')), { kind: 'unknown', error: 'ELOOP' });
});

test('users and interfaces are found by their whole names', (t) => {
  const dir = directory(t);
  const passwd = join(dir, 'passwd');
  const devices = join(dir, 'dev');
  writeFileSync(passwd, 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n');
  writeFileSync(devices, 'Inter-|   Receive\n face |bytes\n    lo: 1 2\neth0.5: 1 2\n');
  const facts = readHostFacts({ passwd, devices });
  t.deepEqual(
    ['root', 'nobody', 'nobod', 'x', ''].map((name) => facts.hasUser(name)),
    [true, true, false, false, false],
  );
  t.deepEqual(
    ['lo', 'eth0.5', 'eth0', 'face'].map((name) => facts.hasInterface(name)),
    [true, true, false, false],
  );
});

test('this host: its name, its user, its loopback', (t) => {
  const facts = readHostFacts();
  t.is(facts.hostName, hostname());
  t.is(facts.uid, process.geteuid?.() ?? -1);
  t.true(facts.hasUser('root'));
  t.true(facts.hasInterface('lo'));
  t.false(facts.hasInterface('lcm-none0'));
});

test('files that are not there mean nobody and nothing, not an exception', (t) => {
  const facts = readHostFacts({ passwd: '/nonexistent/passwd', devices: '/nonexistent/dev' });
  t.false(facts.hasUser('root'));
  t.false(facts.hasInterface('lo'));
});
