// Whether a service of systemd that has ended may be cleaned up after. Loads nothing of the kernel: while
// this is asked, systemd waits to start the daemon again, and the lease of its addresses runs.

/**
 * How a service of systemd ended that did not end well, or null (systemd.exec(5), SERVICE_RESULT). The
 * daemon that is started again adopts what is left; taking it away would cost answers. `afterService`:
 * there was a service, so an end that nobody names was no good one either.
 */
export function crashOf(env: Readonly<Record<string, string | undefined>>, afterService: boolean): string | null {
  const result = env['SERVICE_RESULT'] ?? (afterService ? 'unknown' : 'success');
  return result === 'success' ? null : result;
}
