// What nf_tables of a namespace hold, as `nft` shows it: an eye of its own on what the gate has made.

import { execFileSync } from 'node:child_process';
import { ip } from './netns.ts';

interface Listed {
  readonly table?: { readonly family: string; readonly name: string };
  readonly set?: { readonly family: string; readonly table: string; readonly name: string; readonly elem?: Element[] };
}
type Element = string | { readonly elem: { readonly val: string; readonly timeout?: number } };

export function nft(namespace: string, ...args: readonly string[]): string {
  return ip('netns', 'exec', namespace, 'nft', ...args);
}

export function nftFile(namespace: string, text: string): void {
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: `${text}\n` });
}

function list(namespace: string): readonly Listed[] {
  return (JSON.parse(nft(namespace, '-j', 'list', 'ruleset')) as { nftables: Listed[] }).nftables;
}

/** Without the sets of tables that were made aside and are not in force. */
function inForce(namespace: string): readonly Listed[] {
  const all = list(namespace);
  const aside = new Set(all.flatMap(({ set }) => (set?.name === 'aside' ? [`${set.family} ${set.table}`] : [])));
  return all.filter(({ set }) => set === undefined || !aside.has(`${set.family} ${set.table}`));
}

/** `inet locum-…` and its like. */
export function tables(namespace: string): string[] {
  return list(namespace).flatMap(({ table }) => (table === undefined ? [] : [`${table.family} ${table.name}`]));
}

/** The elements of the sets of this name in the tables of this family, in order. */
export function elements(namespace: string, family: string, set: string): string[] {
  return elementsOf(list(namespace), family, set);
}

function elementsOf(all: readonly Listed[], family: string, set: string): string[] {
  return all
    .flatMap((one) => (one.set?.family === family && one.set.name === set ? (one.set.elem ?? []) : []))
    .map((element) => (typeof element === 'string' ? element : element.elem.val))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** For how long the kernel was told that what beats goes on, in ms: of the text, since JSON has whole seconds. */
export function beatMs(namespace: string): number[] {
  const found = nft(namespace, 'list', 'ruleset').matchAll(/timeout ([0-9dhms]+) expires/g);
  return [...found].map(([, words = '']) => millisecondsOf(words));
}

function millisecondsOf(words: string): number {
  const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return [...words.matchAll(/([0-9]+)(ms|[dhms])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? Number.NaN),
    0,
  );
}

const places = ['0', '1'] as const;

/** What the gate lets through now: in one of the two places a beat counts for each protocol, and lives. */
export function openTo(namespace: string): string[] {
  const all = inForce(namespace);
  const isAlive = (family: string, protocols: number): boolean =>
    places.some((place) => {
      const [beats, counted] = [elementsOf(all, family, `beat${place}`), elementsOf(all, family, `counts${place}`)];
      return counted.length === protocols && counted.every((protocol) => beats.includes(protocol));
    });
  if (!isAlive('inet', 2) || !isAlive('arp', 1) || !isAlive('netdev', 1)) return [];
  return [...elementsOf(all, 'inet', 'open4'), ...elementsOf(all, 'inet', 'open6')];
}

/** For how many seconds the kernel was told to let them through, by the beats that count and by those that do not. */
export function leaseSeconds(namespace: string): { readonly counting: number[]; readonly waiting: number[] } {
  const all = inForce(namespace);
  const found = { counting: [] as number[], waiting: [] as number[] };
  for (const family of ['inet', 'arp', 'netdev']) {
    for (const place of places) {
      const counts = elementsOf(all, family, `counts${place}`).length > 0;
      const beats = all.filter(({ set }) => set?.family === family && set.name === `beat${place}`);
      for (const element of beats.flatMap(({ set }) => set?.elem ?? []))
        if (typeof element !== 'string')
          found[counts ? 'counting' : 'waiting'].push(element.elem.timeout ?? Number.NaN);
    }
  }
  return found;
}

export function guardedIn(namespace: string): string[] {
  const all = list(namespace);
  return [...elementsOf(all, 'inet', 'guarded4'), ...elementsOf(all, 'inet', 'guarded6')];
}
