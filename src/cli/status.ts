// `locum status`: asks the daemon once, or every second with --watch, and prints JSON as it came or the
// table for people.

import type { StatusDocument } from '#ops/status-document';
import { statusTable } from '#ops/status-table';
import { ask } from './control-client.ts';
import { exitCode, Failure } from './failure.ts';
import { controlSocket, type Places } from './places.ts';
import { terminalOf } from './terminal.ts';
import { watch } from './watch.ts';

export async function status(places: Places, options: { json: boolean; watch: boolean }): Promise<number> {
  const socket = controlSocket(places);
  const page = async (): Promise<string> => {
    const body = await ask(socket, '/v1/status');
    return options.json ? withNewline(body) : statusTable(parsed(body), terminalOf(process.stdout, process.env));
  };
  if (options.watch) return await watch(page, process.stdout, { plain: options.json });
  process.stdout.write(await page());
  return exitCode.done;
}

function parsed(body: string): StatusDocument {
  try {
    return JSON.parse(body) as StatusDocument;
  } catch {
    throw new Failure(exitCode.failed, 'the daemon answered with something that is not JSON');
  }
}

function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
