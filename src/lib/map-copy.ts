// A copy of a map to write into. The constructor makes a pair for each entry on its way, and takes twice as long: that
// counts where maps are copied with every advert.

export function copyOfMap<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  const copy = new Map<K, V>();
  for (const [key, value] of map) copy.set(key, value);
  return copy;
}
