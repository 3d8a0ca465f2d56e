// `locum status` against a control socket of our own: what it prints, and how it tells a daemon that
// does not run from one that does not answer.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openControlServer } from '#ops/control-server';
import { statusDocument } from '#ops/status';
import { facts, moment, view } from '../unit/ops/fixture.ts';
import { locum, mainPath, temporaryDirectory } from './program.ts';

const document = statusDocument(view, facts, moment);

async function daemon(t: ExecutionContext): Promise<{ dir: string; stop: () => Promise<void> }> {
  const dir = temporaryDirectory(t);
  const server = await openControlServer({
    path: join(dir, 'control.sock'),
    status: () => [`${JSON.stringify(document)}\n`],
    config: () => ({}),
    requests: new Map(),
    who: () => 'somebody',
    onFault: (words) => t.log(words),
    groupFile: join(dir, 'none'),
  });
  let open = true;
  const stop = async (): Promise<void> => {
    if (open) await server.close();
    open = false;
  };
  t.teardown(stop);
  return { dir, stop };
}

test('the table, with whole lines and no colour into a pipe', async (t) => {
  const { dir } = await daemon(t);
  const { code, out, err } = await locum(['status', '--runtime-dir', dir]);
  t.is(err, '');
  t.is(code, 0);
  t.regex(out, /^web2 +active +lb1 .*lb2 has been silent for 3012 ms$/m);
  t.false(out.includes('\u001B'));
});

test('JSON as it came', async (t) => {
  const { dir } = await daemon(t);
  const { code, out } = await locum(['--runtime-dir', `${dir}/`, 'status', '--json']);
  t.is(code, 0);
  t.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(document)));
});

test('no daemon: 3, with or without a directory, a socket, --json', async (t) => {
  const dir = temporaryDirectory(t);
  const dead = join(dir, 'dead');
  for (const args of [
    ['--runtime-dir', dir],
    ['--runtime-dir', dead],
    ['--runtime-dir', dir, '--json'],
    ['--runtime-dir', dir, '--watch'],
  ]) {
    const { code, out, err } = await locum(['status', ...args]);
    t.is(code, 3);
    t.is(out, '');
    t.regex(
      err,
      /^locum: the daemon does not run: there is no socket .*control\.sock; start it \(systemctl start locum\), or name its directory with --runtime-dir\n$/,
    );
  }
});

test('a socket that nobody listens on: 3', async (t) => {
  const dir = temporaryDirectory(t);
  // The child binds and dies of a signal, so that the file stays.
  const script = `require('net').createServer().listen(${JSON.stringify(join(dir, 'control.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script], { stdio: 'ignore' }), 'exit');
  const { code, err } = await locum(['status', '--runtime-dir', dir]);
  t.is(code, 3);
  t.regex(err, /nobody listens/);
});

test('a daemon that takes the call and does not answer: 1, within seconds, with words', async (t) => {
  const dir = temporaryDirectory(t);
  const mute = createServer(() => undefined);
  mute.listen(join(dir, 'control.sock'));
  await once(mute, 'listening');
  t.teardown(() => mute.close());
  const begun = performance.now();
  const { code, err } = await locum(['status', '--runtime-dir', dir]);
  t.is(code, 1);
  t.regex(err, /^locum: .*does not answer within 3 s: it is frozen or overloaded\n$/);
  t.true(performance.now() - begun < 8000);
});

test('a daemon that breaks off in the middle, or speaks no HTTP: 1', async (t) => {
  for (const bytes of [
    'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"ver',
    'hello\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{"v',
  ]) {
    const dir = temporaryDirectory(t);
    const odd = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(bytes);
    });
    odd.listen(join(dir, 'control.sock'));
    await once(odd, 'listening');
    const { code, out, err } = await locum(['status', '--runtime-dir', dir]);
    odd.close();
    t.is(code, 1, bytes);
    t.is(out, '');
    t.regex(err, /^locum: [^\n]+\n$/);
  }
});

test('who may not open the socket is told what to do: 1', async (t) => {
  const { dir } = await daemon(t);
  const asRoot = process.geteuid?.() === 0;
  chmodSync(dir, 0o755);
  chmodSync(join(dir, 'control.sock'), asRoot ? 0o600 : 0);
  const nobody = asRoot ? { uid: 65_534, gid: 65_534 } : {};
  const { code, err } = await locum(['status', '--runtime-dir', dir], nobody);
  t.is(code, 1, err);
  t.regex(err, /may not open .*control\.sock: use sudo, or join the group locum/);
});

test('a reader that has seen enough ends it without a word', async (t) => {
  const { dir } = await daemon(t);
  const script = `"$0" "$1" status --runtime-dir "$2" | true; exit "\${PIPESTATUS[0]}"`;
  const shell = spawn('bash', ['-c', script, process.execPath, mainPath, dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  shell.stderr.on('data', (part: Buffer) => {
    err += part.toString();
  });
  const [code] = (await once(shell, 'close')) as [number];
  t.deepEqual([code, err], [0, '']);
});

test('--watch shows it again each second, waits for a daemon that went away, and ends on Ctrl-C with 0', async (t) => {
  const { dir, stop } = await daemon(t);
  const child = spawn(process.execPath, [mainPath, 'status', '--watch', '--json', '--runtime-dir', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stdout.on('data', (part: Buffer) => {
    const parts = (rest + part.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const exited = once(child, 'exit');
  const until = async (holds: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !holds(); i += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    t.true(holds(), lines.join('\n').slice(0, 500));
  };
  await until(() => lines.length >= 2);
  await stop();
  await until(() => lines.some((line) => line.includes('the daemon does not run')));
  child.kill('SIGINT');
  t.deepEqual(await exited, [0, null]);
});

test('--watch ends when its reader goes away', async (t) => {
  const { dir } = await daemon(t);
  const child = spawn(process.execPath, [mainPath, 'status', '--watch', '--runtime-dir', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  t.deepEqual(await exited, [0, null]);
});

test('--watch on a terminal gives the screen back', async (t) => {
  const { dir } = await daemon(t);
  const typescript = join(dir, 'typescript');
  writeFileSync(typescript, '');
  // script(1) makes the terminal; the signal goes to the program alone, as Ctrl-C would.
  const command = `stty cols 100 rows 12; ${process.execPath} ${mainPath} status --watch --runtime-dir ${dir} & p=$!; sleep 1; kill -INT $p; wait $p; echo "code $?"`;
  const child = spawn('/usr/bin/script', ['-qec', `bash -mc '${command}'`, typescript], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TERM: 'xterm' },
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString();
  });
  await once(child, 'close');
  const begun = out.indexOf('\u001B[?1049h\u001B[?25l');
  const ended = out.indexOf('\u001B[?25h\u001B[?1049l');
  t.true(begun >= 0 && ended > begun, out);
  t.regex(out, /code 0/);
  t.regex(out.slice(begun, ended), /… \d+ more lines/);
  t.true(out.includes('\u001B[31mpeer-one-way'), 'in colour');
});
