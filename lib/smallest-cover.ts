type Groups = readonly ReadonlySet<string>[];

/** Beyond so many steps the best choice so far counts. */
const MAX_STEPS = 20_000;

/** The cheapest choice with at least one member of every group. Every group must have a member. */
export function chooseCover(
  groups: readonly (readonly string[])[],
  costOf: (member: string) => number,
): string[] {
  const only = new Set(groups.flatMap((group) => (group.length === 1 ? group : [])));
  const open = groups.filter((group) => !group.some((member) => only.has(member)));
  return [
    ...only,
    ...search(
      open.map((group) => new Set(group)),
      costOf,
    ),
  ];
}

/** Branch and bound: takes each member of the smallest group in turn, and leaves it out from then on. */
function search(groups: Groups, costOf: (member: string) => number): readonly string[] {
  let best: readonly string[] = [];
  let [bestCost, steps] = [Number.POSITIVE_INFINITY, 0];
  const choose = (left: Groups, chosen: readonly string[], cost: number): void => {
    steps += 1;
    const isLate = steps > MAX_STEPS && bestCost < Number.POSITIVE_INFINITY;
    if (isLate || cost + leastCost(left, costOf) >= bestCost) return;
    const [next] = left.toSorted((one, other) => one.size - other.size);
    if (next === undefined) {
      [best, bestCost] = [chosen, cost];
      return;
    }
    let rest = left;
    for (const member of sortByPrice(next, left, costOf)) {
      choose(
        rest.filter((group) => !group.has(member)),
        [...chosen, member],
        cost + costOf(member),
      );
      rest = rest.map((group) => (group.has(member) ? without(group, member) : group));
    }
  };
  choose(groups, [], 0);
  return best;
}

/** Groups that share no member each cost at least their cheapest one. */
function leastCost(groups: Groups, costOf: (member: string) => number): number {
  const seen = new Set<string>();
  let least = 0;
  for (const group of groups) {
    if (![...group].some((member) => seen.has(member)))
      least += Math.min(...[...group].map(costOf));
    for (const member of group) seen.add(member);
  }
  return least;
}

/** First those that serve many groups for little. */
function sortByPrice(
  members: ReadonlySet<string>,
  groups: Groups,
  costOf: (member: string) => number,
): string[] {
  const priced = [...members].map((member) => {
    const served = groups.filter((group) => group.has(member)).length;
    return { member, price: costOf(member) / served };
  });
  return priced.sort((one, other) => one.price - other.price).map(({ member }) => member);
}

function without(group: ReadonlySet<string>, member: string): Set<string> {
  return new Set([...group].filter((one) => one !== member));
}
