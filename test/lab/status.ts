// What a daemon says of itself over its control socket, as the contract's `status --json` has it. Written down here a
// second time on purpose: a test that took the product's own type would follow it when it breaks its promise.

import { get } from 'node:http';

export interface Status {
  readonly version: string;
  readonly cluster: string;
  readonly node: string;
  readonly pid: number;
  readonly since: string;
  readonly now: string;
  readonly mode: string;
  readonly lease: { readonly kind: string; readonly ms: number; readonly open_ms: number };
  readonly fenced: unknown;
  readonly draining: boolean;
  readonly adverts: {
    readonly sent: number;
    readonly received: number;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly loop_late: Lateness;
  readonly scheduling: { readonly policy: string; readonly priority: number };
  readonly groups: readonly GroupStatus[];
  readonly peers: readonly PeerStatus[];
  readonly checks: readonly CheckStatus[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly since: string }[];
}

export interface Lateness {
  readonly count: number;
  readonly sum_ms: number;
  readonly max_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
  readonly buckets: readonly { readonly up_to_ms: number | null; readonly count: number }[];
}

interface GroupStatus {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly reason: string;
  readonly priority: number;
  readonly effective_priority: number;
  readonly holder: string | null;
  readonly addresses: readonly { readonly address: string; readonly interface: string; readonly present: boolean }[];
  readonly terms: readonly { readonly what: string; readonly weight: number }[];
  /** Microseconds from the decision to each step of the last takeover. */
  readonly takeover?: { readonly steps_us: Readonly<Record<string, number | null>> } | null;
}

interface PeerStatus {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  readonly last_heard_ms: number;
  readonly paths: readonly { readonly interface: string | null; readonly state: string }[];
  readonly version: string;
  readonly same_config: boolean;
}

interface CheckStatus {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly last: { readonly outcome: string; readonly ms: number; readonly output: string } | null;
}

/** Null when nobody answers there: the daemon is not up, or frozen for longer than two seconds. */
export function askStatus(hostDir: string): Promise<Status | null> {
  return new Promise((resolve, reject) => {
    const where = { socketPath: `${hostDir}/run/control.sock`, path: '/v1/status', timeout: 2000 };
    const request = get(where, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as Status);
        else reject(new Error(`GET /v1/status: expected 200, found ${response.statusCode}: ${body}`));
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}
