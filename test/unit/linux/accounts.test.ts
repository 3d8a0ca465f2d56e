import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Accounts } from '#linux/accounts';

const dir = mkdtempSync(join(tmpdir(), 'locum-accounts-'));
test.after.always(() => rmSync(dir, { recursive: true }));

function files(name: string, passwd: string, group: string) {
  const paths = { passwd: join(dir, `${name}.passwd`), group: join(dir, `${name}.group`) };
  writeFileSync(paths.passwd, passwd);
  writeFileSync(paths.group, group);
  return paths;
}

test('the primary group comes first, then every group that lists the user, each once', (t) => {
  const accounts = new Accounts(
    files(
      'groups',
      'root:x:0:0::/:/bin/sh\nweb:x:33:33::/:\n',
      'web:x:33:web\nssl:x:110:proxy,web\nadm:x:4:webb,we\nlogs:x:111:web\n',
    ),
  );
  t.deepEqual(accounts.find('web'), { uid: 33, gid: 33, groups: [33, 110, 111] });
  t.deepEqual(accounts.find('root'), { uid: 0, gid: 0, groups: [0] });
});

test('a user that is not there, or whose line is broken, is a sentence', (t) => {
  const paths = files('broken', 'half:x:\nword:x:one:1\n+::::::\n\n', '');
  const accounts = new Accounts(paths);
  for (const name of ['nobody', 'half', 'word', '', '+', '0']) {
    const found = accounts.find(name);
    t.is(found, `expected a user of this host, found "${name}", which ${paths.passwd} does not have`);
  }
});

test('a user that is added later is found', (t) => {
  const paths = files('late', 'a:x:1:1\n', '');
  const accounts = new Accounts(paths);
  t.is(typeof accounts.find('b'), 'string');
  writeFileSync(paths.passwd, 'a:x:1:1\nb:x:22:2\n');
  t.deepEqual(accounts.find('b'), { uid: 22, gid: 2, groups: [2] });
});

test('files that cannot be read are a sentence', (t) => {
  const found = new Accounts({ passwd: join(dir, 'none'), group: join(dir, 'none') }).find('a');
  t.regex(JSON.stringify(found), /^"cannot look up user \\"a\\": ENOENT/);
});
