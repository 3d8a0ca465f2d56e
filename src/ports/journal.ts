// Where transitions are told, and the service manager that wants to know how the daemon does.

import type { DaemonEvent } from '#model/event';

export interface Journal {
  write(event: DaemonEvent): void;
}

export interface ServicePort {
  ready(): void;
  /** A step of the main loop really ran; feeds the watchdog when it is due. */
  beat(): void;
  stopping(): void;
}
