// Takes addresses of ours off this host. Some go ahead of their release, where their removal is what makes them silent;
// what became of those is told with the release all the same.

import type { AddressOutcome } from '#model/input';
import type { Departures } from './address-departures.ts';
import { placeKey } from './address-message.ts';
import type { HostState } from './address-mirror.ts';
import { isAbsent, refused } from './address-plan.ts';
import type { AddressWriter } from './address-writer.ts';
import type { Claim, ClaimsBook } from './claims-book.ts';
import { errnoWords } from './netlink-errno.ts';

interface Around {
  readonly state: HostState;
  readonly writer: AddressWriter;
  readonly book: ClaimsBook;
  readonly departures: Departures;
}

export class AddressRemover {
  readonly #around: Around;
  /** Their release is still to come. BOUNDED by the claims. */
  readonly #ahead = new Set<Claim>();

  constructor(around: Around) {
    this.#around = around;
  }

  goAhead(claims: readonly Claim[]): void {
    if (claims.length === 0) return;
    const errnos = this.#ask(claims);
    for (const [i, claim] of claims.entries()) if (isAbsent(errnos[i] ?? 0)) this.#ahead.add(claim);
  }

  remove(claims: readonly Claim[]): AddressOutcome[] {
    const asked = claims.filter((claim) => !this.#ahead.has(claim));
    const errnos = new Map(this.#ask(asked).map((errno, i) => [asked[i], errno]));
    return claims.map((claim) => {
      this.#ahead.delete(claim);
      const errno = errnos.get(claim) ?? 0;
      const gone = isAbsent(errno);
      if (gone && claim.state === 'leaving') this.#around.book.drop(claim);
      return gone ? { key: claim.key, kind: 'absent' } : refused(claim, errnoWords(errno));
    });
  }

  #ask(claims: readonly Claim[]): readonly number[] {
    const { state, writer, departures } = this.#around;
    for (const claim of claims) {
      claim.state = 'leaving';
      departures.expect(claim);
    }
    const errnos = writer.remove(claims);
    for (const [i, claim] of claims.entries()) {
      const errno = errnos[i] ?? 0;
      // A primary that leaves takes the secondaries of its subnet along: they are gone, as asked.
      const tookAlong = isAbsent(errno) && state.addresses.has(placeKey(claim));
      if (errno !== 0 && !tookAlong) departures.unexpect(claim);
    }
    return errnos;
  }
}
