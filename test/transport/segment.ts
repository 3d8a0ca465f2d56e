// Hosts in network namespaces on bridges, for one test each, and the processes in them. Everything
// is named after this process and taken away when the test ends, also when it fails.

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import type { LinkFacts } from '#model/input';
import type { Transport } from '#model/settings';
import type { Command, Happening } from './endpoint.ts';

const PATIENCE_MS = 8000;
let made = 0;

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function transport(more: Partial<Transport>): Transport {
  return { port: 10112, multicast4: '224.0.0.18', multicast6: 'ff02::12', peers: [], paths: [], ...more };
}

/** Names that no other test uses. The switch is a namespace too: nothing touches the real host. */
export class Segment {
  readonly #prefix: string;
  readonly #t: ExecutionContext;

  constructor(t: ExecutionContext, bridges: readonly string[] = ['br0']) {
    made += 1;
    this.#prefix = `lcmt${process.pid}-${made}`;
    this.#t = t;
    this.#namespace('switch');
    for (const bridge of bridges) {
      this.switch('link', 'add', bridge, 'type', 'bridge', 'mcast_snooping', '0');
      this.switch('link', 'set', bridge, 'up');
    }
  }

  switch(...args: string[]): string {
    return ip('-n', this.name('switch'), ...args);
  }

  name(host: string): string {
    return `${this.#prefix}-${host}`;
  }

  host(name: string): Host {
    this.#namespace(name);
    return new Host(this.#t, this, name);
  }

  #namespace(name: string): void {
    const namespace = this.name(name);
    ip('netns', 'add', namespace);
    this.#t.teardown(() => ip('netns', 'del', namespace));
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

export class Host {
  readonly #t: ExecutionContext;
  readonly #segment: Segment;
  readonly #name: string;

  constructor(t: ExecutionContext, segment: Segment, name: string) {
    this.#t = t;
    this.#segment = segment;
    this.#name = name;
  }

  ip(...args: string[]): string {
    return ip('-n', this.#segment.name(this.#name), ...args);
  }

  run(command: string, ...args: string[]): string {
    return ip('netns', 'exec', this.#segment.name(this.#name), command, ...args);
  }

  /** An interface with a cable to the bridge, up at both ends, ready to send from at once. */
  attach(link: string, bridge = 'br0', addresses: readonly string[] = []): void {
    const far = `${this.#name}-${link}`;
    this.ip('link', 'add', link, 'type', 'veth', 'peer', 'name', far, 'netns', this.#segment.name('switch'));
    this.run('sysctl', '-qw', `net.ipv6.conf.${link}.accept_dad=0`);
    this.#segment.switch('link', 'set', far, 'master', bridge, 'up');
    this.ip('link', 'set', link, 'up');
    for (const address of addresses) {
      this.ip('addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []));
    }
  }

  links(): LinkFacts[] {
    type Shown = {
      ifname: string;
      ifindex: number;
      flags: string[];
      address?: string;
      addr_info: { family: string; local: string; scope: string }[];
    };
    const all = JSON.parse(this.ip('-j', 'addr', 'show')) as Shown[];
    return all.map(({ ifname, ifindex, flags, address, addr_info: found }) => ({
      name: ifname,
      index: ifindex,
      up: flags.includes('UP') && flags.includes('LOWER_UP'),
      mac: address ?? '',
      primary4: found.find(({ family }) => family === 'inet')?.local ?? null,
      linkLocal6: found.find(({ family, scope }) => family === 'inet6' && scope === 'link')?.local ?? null,
    }));
  }

  async endpoint(settings: Transport, quiet = false): Promise<Endpoint> {
    const script = new URL('./endpoint.js', import.meta.url).pathname;
    const args = [process.execPath, script, JSON.stringify(settings), ...(quiet ? ['quiet'] : [])];
    const child = spawn('ip', ['netns', 'exec', this.#segment.name(this.#name), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const endpoint = new Endpoint(this, child);
    this.#t.teardown(() => endpoint.end());
    await endpoint.next('ready');
    await endpoint.tellLinks();
    return endpoint;
  }
}

type Kind = Happening['kind'];
type Of<K extends Kind> = Extract<Happening, { kind: K }>;

export class Endpoint {
  readonly #host: Host;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #heard: Happening[] = [];
  #wake: () => void = () => undefined;

  constructor(host: Host, child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#host = host;
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#heard.push(JSON.parse(line) as Happening);
      this.#wake();
    });
  }

  /** Resolves once the process has acted on them. */
  async tellLinks(links = this.#host.links()): Promise<void> {
    this.command({ do: 'links', links });
    await this.count();
  }

  command(command: Command): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async send(path: string, ...sizes: number[]): Promise<Of<'sent'>> {
    this.command({ do: 'send', path, sizes });
    return this.next('sent');
  }

  /** What it heard until now, without waiting for more than an answer. */
  async count(): Promise<Of<'count'>> {
    this.command({ do: 'count' });
    return this.next('count');
  }

  /** The oldest happening of the kind that was not taken yet. */
  async next<K extends Kind>(kind: K, fits: (one: Of<K>) => boolean = () => true): Promise<Of<K>> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const i = this.#heard.findIndex((one) => one.kind === kind && fits(one as Of<K>));
      if (i >= 0) return this.#heard.splice(i, 1)[0] as Of<K>;
      if (Date.now() >= end) throw new Error(`waited for "${kind}", heard ${JSON.stringify(this.#heard.slice(0, 20))}`);
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, end - Date.now());
        this.#wake = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
