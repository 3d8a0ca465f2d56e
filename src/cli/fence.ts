// `locum fence` and `locum unfence`: asks the daemon, waits until this node really holds nothing or takes part
// again, and says so.

import { tell } from './control-client.ts';
import { exitCode, Failure } from './failure.ts';
import { controlSocket, type Places } from './places.ts';

export async function fence(places: Places, reason: string): Promise<number> {
  if (reason.trim() === '') throw new Failure(exitCode.usage, '--reason needs a text: who reads it wants to know why');
  await tell(controlSocket(places), '/v1/fence', { reason });
  process.stdout.write(
    'fenced: this node holds nothing, and stays so over restarts and reboots; "locum status" shows until when\n',
  );
  return exitCode.done;
}

export async function unfence(places: Places): Promise<number> {
  await tell(controlSocket(places), '/v1/unfence', {});
  process.stdout.write('not fenced any more: this node listens, and then takes part again\n');
  return exitCode.done;
}
