// The part of `raw-socket` that is used here; the package brings no types.

declare module 'raw-socket' {
  export interface RawSocket {
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'message', listener: (bytes: Buffer, source: string) => void): this;
    pauseRecv(): this;
    setOption(level: number, option: number, value: number): void;
    setOption(level: number, option: number, value: Buffer, length: number): void;
    send(
      bytes: Buffer,
      offset: number,
      length: number,
      address: string,
      done: (error: Error | null, sent: number) => void,
    ): this;
    /** Sends the next of what waits, at once. */
    onSendReady(): void;
    close(): this;
  }
  export const AddressFamily: { readonly IPv4: number; readonly IPv6: number };
  export const Protocol: { readonly ICMP: number; readonly ICMPv6: number };
  export function createSocket(options: { protocol: number; addressFamily: number }): RawSocket;
}
