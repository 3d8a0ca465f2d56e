// The hands of a fence: the latch on disk, the operator's program for this node, the agent for another one.
// The agent is told what to do as ClusterLabs fence agents are: keys on its standard input, and nothing but
// exit 0 means that the node is off. Both run as root, which turning hosts off takes. When is the core's business.

import type { FenceCause, Latch } from '#model/fence';
import type { Input } from '#model/input';
import type { EffectId, NodeName } from '#model/names';
import type { FenceSettings } from '#model/settings';
import type { FencePort } from '#ports/fence';
import { forgetCrashes } from './crash-book.ts';
import type { LatchFile } from './latch-file.ts';
import { ProgramRun, type ProgramResult } from './program.ts';

export interface FenceRunnerOptions {
  readonly fence: FenceSettings;
  readonly node: NodeName;
  readonly stateDir: string;
  readonly latch: LatchFile;
  readonly user: string;
  readonly describe: (cause: FenceCause) => string;
  readonly offer: (input: Input) => void;
}

export class FenceRunner implements FencePort {
  readonly #options: FenceRunnerOptions;
  #agent: ProgramRun | null = null;

  constructor(options: FenceRunnerOptions) {
    this.#options = options;
  }

  latch(id: EffectId, latch: Latch | null): void {
    void this.#options.latch.set(latch).then((error) => {
      if (latch === null && error === null) forgetCrashes(this.#options.stateDir);
      this.#options.offer({ kind: 'latched', id, error });
    });
  }

  fenceSelf(id: EffectId, cause: FenceCause): void {
    const { fence, node, user, describe } = this.#options;
    const facts = { LOCUM_NODE: node, LOCUM_TARGET: node, LOCUM_REASON: describe(cause) };
    if (fence.self === null) return;
    const run = new ProgramRun({
      command: fence.self,
      user,
      environment: facts,
      timeoutMs: fence.timeoutMs,
      // It may be about to end this host, and this daemon first.
      leftBehind: 'leave',
      outlives: true,
    });
    void run.result.then((result) => this.#answer(id, result));
  }

  fencePeer(id: EffectId, node: NodeName, silentMs: number | null): void {
    const { fence, user } = this.#options;
    if (fence.peer === null) return;
    const silent =
      silentMs === null
        ? 'has not been heard for so long that it is forgotten'
        : `has been silent for ${Math.round(silentMs)} ms`;
    const run = new ProgramRun({
      command: fence.peer,
      user,
      environment: {
        LOCUM_NODE: this.#options.node,
        LOCUM_TARGET: node,
        LOCUM_REASON: `${node} ${silent}`,
      },
      timeoutMs: fence.timeoutMs,
      leftBehind: 'kill',
      input: agentInput(fence, node),
    });
    this.#agent = run;
    void run.result.then((result) => this.#answer(id, result));
  }

  /** An agent whose answer nobody waits for is ended; what this node runs for itself goes on. */
  close(): void {
    this.#agent?.kill();
  }

  #answer(id: EffectId, { outcome, ms, output }: ProgramResult): void {
    // Never from within a step of the core.
    setImmediate(() => this.#options.offer({ kind: 'fence-ran', id, outcome, ms, output }));
  }
}

/** Of a key given twice, agents take the last one: what is meant for one node comes after what is meant for all. */
export function agentInput({ peerKeys }: Pick<FenceSettings, 'peerKeys'>, node: NodeName): string {
  const keys = [...peerKeys.filter((key) => key.node === null), ...peerKeys.filter((key) => key.node === node)].map(
    ({ key, value }) => `${key}=${value}`,
  );
  return `${[`plug=${node}`, ...keys, 'action=off', `nodename=${node}`].join('\n')}\n`;
}
