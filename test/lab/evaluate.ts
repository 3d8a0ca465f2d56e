// A program that runs an expression in the main loop of a Node process, from inside that process's network namespace,
// through the inspector, which SIGUSR1 opens on loopback. Arguments: pid, expression. Says `begun` when the expression
// is on its way, and ends when it has been evaluated.

import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , pid = '', expression = ''] = process.argv;
const port = 9229;

process.kill(Number(pid), 'SIGUSR1');
const path = await inspectorPath();
const socket = await upgrade(path);
socket.write(frame(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })));
process.stdout.write('begun\n');
for await (const bytes of socket) if (String(bytes).includes('"id":1')) break;
socket.destroy();

async function inspectorPath(): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await ask('/json/list', {});
      let text = '';
      for await (const bytes of response) text += String(bytes);
      const [target] = JSON.parse(text) as { readonly webSocketDebuggerUrl: string }[];
      if (target === undefined) throw new Error('the inspector shows no target');
      return new URL(target.webSocketDebuggerUrl).pathname;
    } catch (error) {
      if (tries >= 200) throw error;
      await sleep(10);
    }
  }
}

function ask(what: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: what, headers }, resolve).on('error', reject);
  });
}

function upgrade(what: string): Promise<Socket> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: what, headers });
    request.on('upgrade', (_response, upgraded) => resolve(upgraded)).on('error', reject);
  });
}

/** One text frame of RFC 6455, masked with zeros, of less than 64 KiB. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt8(0x81, 0);
  head.writeUInt8(0x80 | 126, 1);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
