/** The candidate that `word` was most likely meant to be, or `undefined` if none is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong, and two in a short word.
  let bestDistance = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? completion(word, candidates);
}

/** `unknown emulator "lpad": did you mean "ldap"? (ldap, amqp, libvirt)` */
export function unknownWord(kind: string, word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  const all = candidates.length > 12 ? '' : ` (${candidates.join(', ')})`;
  if (candidates.length === 0) return `unknown ${kind} "${word}": there is none`;
  return guess === undefined ? `unknown ${kind} "${word}"${all}` : `unknown ${kind} "${word}": did you mean "${guess}"?${all}`;
}

/** The only candidate that has `word` in it: "publish" for "basic.publish". */
function completion(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 3) return undefined;
  const containing = [...candidates].filter((candidate) => candidate.toLowerCase().includes(word.toLowerCase()));
  return containing.length === 1 ? containing[0] : undefined;
}

/** Insertions, deletions, substitutions and swaps of neighbours; `limit` or more is reported as `limit`. */
function editDistance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min((last[column] ?? limit) + 1, (current[column - 1] ?? limit) + 1, (last[column - 1] ?? limit) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? limit) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(limit, last[other.length] ?? limit);
}
