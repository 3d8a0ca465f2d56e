// The daemon's log: filters by level, renders, and writes to standard error, for a terminal, a file or
// the systemd journal alike. Fits the port `Journal`. Rotation and syslog are absent on purpose.

import { fstatSync } from 'node:fs';
import type { DaemonEvent } from '#model/event';
import type { LogLevel, Settings } from '#model/settings';
import { BoundedOutput } from './bounded-output.ts';
import { type LogRecord, type LogStyle, passes, recordOf, renderRecord } from './log-line.ts';

export class LogJournal {
  readonly #output: { write(line: string): void; readonly dropped: number; close(): void };
  readonly #wall: () => number;
  readonly #style: LogStyle;
  readonly #level: LogLevel;
  #toldDropped = 0;

  constructor(options: {
    readonly log: Settings['log'];
    readonly stamp: LogStyle['stamp'];
    readonly wall: () => number;
    readonly output: { write(line: string): void; readonly dropped: number; close(): void };
  }) {
    this.#output = options.output;
    this.#wall = options.wall;
    this.#style = { format: options.log.format, stamp: options.stamp };
    this.#level = options.log.level;
  }

  /** `wallMs` is when it happened, where that is not now. */
  write(event: DaemonEvent, wallMs = this.#wall()): void {
    this.#put(recordOf(event), wallMs);
  }

  /** What happens to the daemon itself: start, stop, a signal that does nothing. */
  say(level: LogLevel, code: string, message: string, fields: LogRecord['fields'] = {}): void {
    this.#put({ level, code, message, fields }, this.#wall());
  }

  get dropped(): number {
    return this.#output.dropped;
  }

  close(): void {
    this.#output.close();
  }

  #put(record: LogRecord, wallMs: number): void {
    if (!passes(record.level, this.#level)) return;
    this.#output.write(renderRecord(record, this.#style, wallMs));
    this.#tellDropped();
  }

  #tellDropped(): void {
    const { dropped } = this.#output;
    const lost = dropped - this.#toldDropped;
    if (lost === 0) return;
    const message = `${lost} log lines found no room and are lost`;
    this.#output.write(
      renderRecord({ level: 'warning', code: 'log-dropped', message, fields: { lost } }, this.#style, this.#wall()),
    );
    // Said only if this line itself found room.
    this.#toldDropped = this.#output.dropped === dropped ? dropped : this.#toldDropped + 1;
  }
}

/** The journal of this process: standard error, with priorities where systemd reads it. */
export function openJournal(log: Settings['log'], wall: () => number): LogJournal {
  const stamp = goesToSystemd(process.env['JOURNAL_STREAM'], 2) ? 'priority' : 'wall';
  return new LogJournal({ log, stamp, wall, output: new BoundedOutput(2) });
}

/** systemd.exec(5): `JOURNAL_STREAM` names device and inode of the journal's end of the stream. */
export function goesToSystemd(journalStream: string | undefined, fd: number): boolean {
  if (journalStream === undefined) return false;
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return journalStream === `${dev}:${ino}`;
}
