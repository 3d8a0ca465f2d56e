// The control socket over a real socket: what it answers, to whom it is open, and what a client that
// behaves badly cannot do.

import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ControlServer, groupId, openControlServer } from '#ops/control-server';

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly allow: string | undefined;
  readonly body: string;
}

interface Place {
  readonly dir: string;
  readonly path: string;
  readonly faults: string[];
}

function place(t: ExecutionContext): Place {
  const dir = mkdtempSync(join(tmpdir(), 'locum-ctl-'));
  t.teardown(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return { dir, path: join(dir, 'control.sock'), faults: [] };
}

async function serve(
  t: ExecutionContext,
  where: Place,
  status: () => unknown = () => ({ node: 'lb1' }),
): Promise<ControlServer> {
  const server = await openControlServer({
    path: where.path,
    status: () => [`${JSON.stringify(status())}\n`],
    config: () => ({ cluster: 'edge' }),
    requests: new Map(),
    who: () => 'somebody',
    onFault: (words) => where.faults.push(words),
    groupFile: join(where.dir, 'group'),
  });
  t.teardown(() => server.close());
  return server;
}

function ask(path: string, url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: url, method, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => {
        body += part.toString();
      });
      response.on('end', () => {
        const { 'content-type': type, allow } = response.headers;
        resolve({ status: response.statusCode ?? 0, type, allow, body });
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  });
}

/** Everything the server says to these bytes until it hangs up. */
async function say(path: string, bytes: string): Promise<string> {
  const socket = connect(path);
  let said = '';
  socket.on('data', (part) => {
    said += part.toString();
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  return said;
}

function errorOf(answer: Answer): unknown {
  return (JSON.parse(answer.body) as { error?: unknown }).error;
}

test('status and config are JSON', async (t) => {
  const where = place(t);
  await serve(t, where);
  const status = await ask(where.path, '/v1/status');
  t.is(status.status, 200);
  t.is(status.type, 'application/json; charset=utf-8');
  t.deepEqual(JSON.parse(status.body), { node: 'lb1' });
  t.deepEqual(JSON.parse((await ask(where.path, '/v1/config?x=1')).body), { cluster: 'edge' });
  const head = await ask(where.path, '/v1/status', 'HEAD');
  t.deepEqual([head.status, head.body], [200, '']);
});

test('what does not exist yet says so, with the method it will have', async (t) => {
  const where = place(t);
  await serve(t, where);
  const later = [
    ['GET', '/v1/events'],
    ['GET', '/metrics'],
    ...['drain', 'undrain', 'promote', 'reload'].map((word) => ['POST', `/v1/${word}`] as const),
  ] as const;
  for (const [method, url] of later) {
    const answer = await ask(where.path, url, method);
    t.is(answer.status, 501, url);
    t.is(errorOf(answer), 'not supported yet');
  }
});

test('a wrong method is 405 and names the right one, a wrong path is 404, both in JSON', async (t) => {
  const where = place(t);
  await serve(t, where);
  const post = await ask(where.path, '/v1/status', 'POST', { 'content-length': '0' });
  t.deepEqual([post.status, post.allow], [405, 'GET, HEAD']);
  t.is(typeof errorOf(post), 'string');
  const get = await ask(where.path, '/v1/drain');
  t.deepEqual([get.status, get.allow], [405, 'POST']);
  for (const url of ['/', '/v1', '/v1/status/', '/v2/status', '/constructor', '/__proto__', '/%2e%2e/etc/passwd']) {
    const answer = await ask(where.path, url);
    t.is(answer.status, 404, url);
    t.is(typeof errorOf(answer), 'string');
  }
});

test('a status that cannot be made is a 500 and a fault in the log, not the end of the daemon', async (t) => {
  const where = place(t);
  await serve(t, where, () => {
    throw new Error('no view');
  });
  const answer = await ask(where.path, '/v1/status');
  t.is(answer.status, 500);
  t.is(typeof errorOf(answer), 'string');
  t.deepEqual(where.faults, ['the status page cannot be made: no view']);
  t.is((await ask(where.path, '/v1/config')).status, 200);
});

test('the socket is for its owner and its group alone', async (t) => {
  const where = place(t);
  writeFileSync(join(where.dir, 'group'), 'root:x:0:\nlocum:x:4711:me\n');
  await serve(t, where);
  const stat = statSync(where.path);
  t.is(stat.mode & 0o777, 0o660);
  if (process.geteuid?.() === 0) t.is(stat.gid, 4711);
});

test('a group is found by its whole name', (t) => {
  const { dir } = place(t);
  const file = join(dir, 'group');
  writeFileSync(file, 'locums:x:1:\nxlocum:x:2:\nlocum:x:77:\n');
  t.is(groupId(file, 'locum'), 77);
  t.is(groupId(file, 'nobody'), null);
  t.is(groupId(join(dir, 'none'), 'locum'), null);
});

test('a socket that a dead daemon left is replaced', async (t) => {
  const where = place(t);
  const dead = createServer();
  dead.listen(where.path);
  await once(dead, 'listening');
  // Closing would take the file away, so the file is linked aside and put back.
  const { renameSync } = await import('node:fs');
  renameSync(where.path, `${where.path}.kept`);
  dead.close();
  await once(dead, 'close');
  renameSync(`${where.path}.kept`, where.path);
  await serve(t, where);
  t.is((await ask(where.path, '/v1/status')).status, 200);
});

test('another file in its place is left alone', async (t) => {
  const where = place(t);
  writeFileSync(where.path, 'mine');
  await t.throwsAsync(serve(t, where), { message: /another kind of file/ });
  t.true(existsSync(where.path));
});

test('a path that is too long for a socket is an error with words', async (t) => {
  const where = place(t);
  await t.throwsAsync(serve(t, { ...where, path: join(where.dir, 'x'.repeat(100)) }), { message: /at most 107 bytes/ });
});

test('a directory that is not there is an error', async (t) => {
  const where = place(t);
  await t.throwsAsync(serve(t, { ...where, path: join(where.dir, 'none', 'control.sock') }), {
    message: /ENOENT|EACCES/,
  });
});

test('huge headers, no HTTP, and a body without end are refused', async (t) => {
  const where = place(t);
  await serve(t, where);
  const huge = await say(where.path, `GET /v1/status HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
  t.regex(huge, /^HTTP\/1\.1 431 .*"error":"the headers are larger than 8192 bytes"/s);
  const noise = await say(where.path, '\u0000\u0001 what?\r\n\r\n');
  t.regex(noise, /^HTTP\/1\.1 400 .*"error":/s);
  const flood = await say(
    where.path,
    `POST /v1/drain HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n${'z'.repeat(1 << 20)}`,
  );
  t.regex(flood, /^HTTP\/1\.1 501 /);
  t.is((await ask(where.path, '/v1/status')).status, 200);
});

test('a hundred at once: everybody is served or turned away, nobody hangs', async (t) => {
  const where = place(t);
  await serve(t, where, () => ({ filler: 'x'.repeat(200_000) }));
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => ask(where.path, '/v1/status')));
  const served = results.filter((result) => result.status === 'fulfilled' && result.value.status === 200);
  t.true(served.length >= 32, `${served.length} served`);
  t.is((await ask(where.path, '/v1/status')).status, 200);
});

test('many readers at once share one rendering', async (t) => {
  const where = place(t);
  let rendered = 0;
  await serve(t, where, () => {
    rendered += 1;
    return {};
  });
  await Promise.all(Array.from({ length: 100 }, () => ask(where.path, '/v1/status')));
  // A machine that is busy spreads them; what is asserted is that they share at all.
  t.true(rendered <= 50, `${rendered} renderings`);
});

test('who reads nothing delays nobody, and who says nothing is cut off', async (t) => {
  const where = place(t);
  await serve(t, where, () => ({ filler: 'x'.repeat(4_000_000) }));
  const lazy = connect(where.path);
  lazy.on('error', () => undefined);
  lazy.pause();
  lazy.write('GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n');
  const silent = connect(where.path);
  silent.on('error', () => undefined);
  silent.resume();
  const cut = once(silent, 'close');
  // The page that nobody reads is still under way when this one is there.
  t.is((await ask(where.path, '/v1/config')).status, 200);
  t.false(lazy.readableEnded);
  await cut;
  lazy.destroy();
});

test('a control socket that nobody uses hardly ever wakes the daemon', async (t) => {
  const everyMs: number[] = [];
  const hook = createHook({
    init: (_id, type, _trigger, timer: { readonly _repeat?: number | null }) => {
      const isServers = type === 'Timeout' && new Error().stack?.includes('node:_http_server') === true;
      if (isServers && typeof timer._repeat === 'number') everyMs.push(timer._repeat);
    },
  }).enable();
  await serve(t, place(t));
  hook.disable();
  t.true(everyMs.length > 0, 'the engine names its timers otherwise now');
  t.true(Math.min(...everyMs) >= 30_000, `every ${everyMs.join(', ')} ms`);
});

test('closing does not wait for anybody, and takes the socket away', async (t) => {
  const where = place(t);
  const server = await serve(t, where, () => ({ filler: 'x'.repeat(4_000_000) }));
  const sockets: Socket[] = Array.from({ length: 5 }, () => connect(where.path));
  for (const socket of sockets) {
    socket.on('error', () => undefined);
    socket.write('GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n');
  }
  await Promise.all(sockets.map((socket) => once(socket, 'readable')));
  const begun = performance.now();
  await server.close();
  t.true(performance.now() - begun < 2000);
  t.false(existsSync(where.path));
  for (const socket of sockets) socket.destroy();
});

test('a page is made in pieces, between which the loop does what is due; whoever asks meanwhile gets the same one', async (t) => {
  const where = place(t);
  let made = 0;
  let between = 0;
  let last = performance.now();
  const pieces = function* (): Generator<string, void> {
    made += 1;
    for (let i = 0; i < 20; i += 1) {
      last = performance.now();
      while (performance.now() - last < 1);
      yield i === 0 ? '[0' : `,${i}`;
    }
    yield ']';
  };
  const server = await openControlServer({
    path: where.path,
    status: pieces,
    config: () => ({}),
    requests: new Map(),
    who: () => 'somebody',
    onFault: (words) => where.faults.push(words),
  });
  t.teardown(() => server.close());
  const beat = setInterval(() => {
    between += 1;
  }, 1);
  const answers = await Promise.all([1, 2, 3].map(() => ask(where.path, '/v1/status')));
  clearInterval(beat);
  for (const { status, body } of answers) {
    t.is(status, 200);
    t.deepEqual(
      JSON.parse(body),
      Array.from({ length: 20 }, (_, i) => i),
    );
  }
  t.is(made, 1);
  t.true(between >= 10, `${between} turns`);
});
