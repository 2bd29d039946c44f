/** Elixir's limit for "did you mean", which rabbitmqctl keeps to (RabbitMQ.CLI.AutoComplete). */
const similarity_min = 0.77;

/** The name that was most likely meant, if one is close. */
export function suggestion(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const name of names) {
    const likeness = jaro(name, typed);
    if (likeness <= most) continue;
    most = likeness;
    best = name;
  }
  return most >= similarity_min ? best : undefined;
}

/** Jaro similarity (String.jaro_distance/2): 1 for the same, 0 for nothing in common. */
function jaro(one: string, other: string): number {
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (const [at, letter] of [...one].entries()) {
    for (let place = Math.max(0, at - reach); place <= Math.min(other.length - 1, at + reach); place++) {
      if (taken.has(place) || other[place] !== letter) continue;
      taken.add(place);
      matched.push(letter);
      break;
    }
  }
  const matches = matched.length;
  if (matches === 0) return 0;
  const others = [...taken].sort((first, second) => first - second).map((place) => other[place]);
  const transpositions = matched.filter((letter, index) => letter !== others[index]).length / 2;
  return (matches / one.length + matches / other.length + (matches - transpositions) / matches) / 3;
}
