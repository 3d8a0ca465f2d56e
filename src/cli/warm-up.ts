// After the first adverts, while the daemon listens anyway: runs the code of a first takeover once, so
// that a real one is not slowed down by compiling. A step at a time, so that no advert waits for it. Gives back how to end
// it: what is closed is not to be opened again.

import { setFlagsFromString } from 'node:v8';
import type { AddressPort } from '#linux/address-port';
import type { Announcer } from '#linux/announce-port';
import type { SleepAlarm } from '#linux/sleep-alarm';
import type { WireSockets } from '#linux/wire-sockets';
import type { Settings } from '#model/settings';
import type { KeyedHash } from '#ports/keyed-hash';
import type { Identity } from '#runtime/identity';
import { rehearsals, rehearse } from '#runtime/rehearsal';

export function warmUp(
  settings: Settings,
  identity: Identity,
  parts: {
    readonly hash: KeyedHash;
    readonly kernel: AddressPort;
    readonly announcer: Announcer;
    readonly wire: WireSockets;
    readonly sleepAlarm: SleepAlarm;
  },
): () => void {
  // A standby may wait for weeks: what it did not run for some hours would have to be compiled again.
  setFlagsFromString('--no-flush-bytecode');
  // Nor does it run often enough to be compiled by itself: what is rehearsed from here on is compiled at once, not optimized.
  setFlagsFromString('--always-sparkplug');
  const addresses = settings.groups.flatMap((group) => group.addresses);
  const steps: (() => unknown)[] = [];
  for (let i = 0; i < rehearsals; i += 1) {
    steps.push(
      () => rehearse(settings, identity, parts.hash),
      () => parts.kernel.rehearse(addresses),
      () => parts.announcer.rehearse(addresses),
      () => parts.wire.rehearse(),
      () => parts.sleepAlarm.rehearse(),
    );
  }
  const next = (): void => {
    const [act] = steps.splice(0, 1);
    if (act === undefined) return;
    act();
    setImmediate(next);
  };
  setImmediate(next);
  return () => void steps.splice(0);
}
