// The part of the package's interface that is used here; it brings no types of its own.

declare module 'systemd-notify' {
  /** Runs systemd-notify(1) with this process as the sender; rejects with what it printed. */
  function notify(options: { readonly ready: true; readonly status?: string }): Promise<unknown>;
  export = notify;
}
