#!/usr/bin/env -S node --single-threaded-gc --no-memory-reducer
// The program: parses, loads the one command that is asked for, prints its failure, sets the exit code.
// Nothing of the daemon is loaded to print a help text. Garbage is collected on the main thread alone: it has a
// realtime priority, and the engine's helpers, which it would wait for, have none. And the engine does not move all that is
// alive together to give memory back once it was idle: that pause is ten times as long. scripts/install and the lab say so too.

import { crashOf } from './after-service.ts';
import { exitCode, Failure } from './failure.ts';
import { type Actions, execute } from './program.ts';

const actions: Actions = {
  run: async (places) => await (await import('./run.ts')).run(places),
  check: async (places, options) => await (await import('./check.ts')).check(places, options['json'] === true),
  status: async (places, options) =>
    await (await import('./status.ts')).status(places, {
      json: options['json'] === true,
      watch: options['watch'] === true,
    }),
  fence: async (places, options) => await (await import('./fence.ts')).fence(places, String(options['reason'])),
  unfence: async (places) => await (await import('./fence.ts')).unfence(places),
  cleanup: async (places, options) => {
    const crash = crashOf(process.env, options['afterService'] === true);
    if (crash === null) return await (await import('./cleanup.ts')).cleanUp(places);
    process.stdout.write(
      `the service ended with "${crash}": its addresses stay for the daemon that systemd starts next\n`,
    );
    return exitCode.done;
  },
  keygen: async (_places, _options, args) => await (await import('./keygen.ts')).keygen(args[0]),
  version: async (_places, options) => {
    const release = (await import('./version.ts')).version();
    process.stdout.write(options['json'] === true ? `${JSON.stringify({ version: release })}\n` : `locum ${release}\n`);
    return exitCode.done;
  },
};

async function main(): Promise<void> {
  // `locum status | head` ends without a word when head has seen enough.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    process.exitCode = await execute(process.argv.slice(2), actions);
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`locum: ${error.message}\n`);
      process.exitCode = error.code;
    } else {
      // A defect of ours: the stack is what its repair needs.
      process.stderr.write(`locum: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = exitCode.failed;
    }
  }
}

void main();
