// What the place that output goes to can show.

import type { TableOptions } from '#ops/status-table';

/** Full lines and no colour into a pipe; the NO_COLOR convention and a dumb terminal are respected. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): TableOptions {
  if (stream.isTTY !== true) return { width: null, colour: false };
  const wantsColour = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return { width: stream.columns ?? 80, colour: wantsColour };
}
