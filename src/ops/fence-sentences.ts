// What fencing has to say to operators: why a node is fenced, and why a request of theirs was not carried out or did
// not work. Plain words, as in sentences.ts.

import type { Failed, FenceCause, Refused } from '#model/fence';
import { countOf, keyWords, oneLine } from './words.ts';

/** Why this node is fenced, to stand behind `fenced:`. */
export function causeSentence(cause: FenceCause): string {
  switch (cause.kind) {
    case 'operator':
      return `an operator says: ${oneLine(cause.text)}`;
    case 'check':
      return `check ${cause.check} fails (${oneLine(cause.outcome)}), which fences it`;
    case 'crashes':
      return `its daemon died of a defect ${countOf(cause.count, 'time')} within ten minutes`;
    case 'unreadable-latch':
      return `its latch is there and cannot be read (${oneLine(cause.error)})`;
  }
}

/** Why a request of an operator is not carried out. */
export function refusedSentence(why: Refused): string {
  switch (why.kind) {
    case 'stopping':
      return 'the daemon is stopping';
    case 'not-fenced':
      return 'this node is not fenced';
    case 'still-fencing':
      return 'this node is being fenced or unfenced at this moment; ask again';
    case 'too-many-requests':
      return 'too many others wait for the same';
  }
}

/** What of a request did not work. */
export function failedSentence(why: Failed): string {
  switch (why.kind) {
    case 'address-stuck':
      return `this node is fenced, but ${keyWords(why.key)} cannot be removed (${oneLine(why.error)}): remove it with \`ip address del\``;
    case 'latch-unwritten':
      return `this node is fenced and holds nothing, but a restart forgets it: ${oneLine(why.error)}`;
    case 'latch-stays':
      return `this node stays fenced, because its latch cannot be taken away: ${oneLine(why.error)}`;
  }
}
