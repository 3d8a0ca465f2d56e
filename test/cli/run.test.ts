// `locum run` where it cannot start. What a daemon does that runs is shown in namespaces.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { locum, temporaryDirectory } from './program.ts';

const config = `
[cluster]
name = "test"
auth = "none"
[node]
name = "one"
[[group]]
name = "web"
interface = "lcmnone0"
addresses = ["192.0.2.10"]
`;

test('a part that cannot be opened: exit 1 and one line that says which, and the process ends', async (t) => {
  const dir = temporaryDirectory(t);
  const file = join(dir, 'locum.toml');
  writeFileSync(file, config);
  mkdirSync(join(dir, 'control.sock'));
  const begun = performance.now();
  const { code, err } = await locum(['run', '--config', file, '--runtime-dir', dir]);
  t.is(code, 1);
  t.regex(err, /^locum: the daemon cannot start: .+$/m);
  t.notRegex(err, /\n {4}at /, 'no stack for what the host lacks');
  t.true(performance.now() - begun < 10_000);
});
