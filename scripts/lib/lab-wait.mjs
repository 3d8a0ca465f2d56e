// Waits until the daemons of a lab are ready: lab-wait.mjs answering|held HOSTDIR…
// answering: each says its status. held: besides, each group has one active host and no host is on its way elsewhere.
// Ends at once when a daemon dies. Polls, because what it waits for is a socket that is not there yet.
import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [how, ...dirs] = process.argv.slice(2);
const limitMs = 30_000;
const unsettled = ['starting', 'claiming', 'releasing'];

const ask = (dir) =>
  new Promise((resolve) => {
    const request = get({ socketPath: `${dir}/run/control.sock`, path: '/v1/status', timeout: 2000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve(JSON.parse(body)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });

const held = (answers) => {
  const states = new Map();
  for (const { groups } of answers) {
    for (const { name, state } of groups) states.set(name, [...(states.get(name) ?? []), state]);
  }
  return [...states.values()].every(
    (all) => all.filter((s) => s === 'active').length === 1 && !all.some((s) => unsettled.includes(s)),
  );
};

const fail = (text) => {
  console.error(text);
  process.exit(1);
};

const end = performance.now() + limitMs;
let last = [];
while (performance.now() < end) {
  for (const dir of dirs) {
    if (existsSync(`${dir}/exit`)) {
      fail(`the daemon of ${basename(dir)} ended, exit ${readFileSync(`${dir}/exit`, 'utf8').trim()}`);
    }
  }
  last = await Promise.all(dirs.map(ask));
  if (!last.includes(null) && (how === 'answering' || held(last))) process.exit(0);
  await sleep(10);
}
const seen = dirs.map((dir, i) => {
  const groups = last[i]?.groups.map(({ name, state }) => `${name} ${state}`).slice(0, 5);
  return `${basename(dir)}: ${groups?.join(', ') ?? 'no answer on its control socket'}`;
});
fail(`not ${how} after ${limitMs / 1000} s: ${seen.join('; ')}`);
