/**
 * What a synced list must be, written down a second time, as plainly as can be and without a look at the program: a list is
 * an array of URIs, and null stands for what Spotify has withdrawn.
 */

export type OracleList = readonly (string | null)[];

export const canCopy = (uri: string | null): uri is string =>
  uri !== null && !uri.startsWith('spotify:local:');

const count = (list: OracleList, uri: string | null): number =>
  list.filter((each) => each === uri).length;

const unique = (list: OracleList): string[] => [...new Set(list.filter(canCopy))];

/** Without what Spotify does not add, beyond the copies that are there. */
export function withoutRefused(
  source: OracleList,
  target: OracleList,
  refused: ReadonlySet<string>,
): OracleList {
  return source.filter((uri, at) => {
    const earlier = count(source.slice(0, at), uri);
    return uri === null || !refused.has(uri) || earlier < count(target, uri);
  });
}

/** Whether an exact mirror keeps copies too many, because a removal would take those that it must keep. */
export function keepsSurplus(
  source: OracleList,
  target: OracleList,
  refused: ReadonlySet<string>,
): boolean {
  return [...refused].some(
    (uri) => source.includes(uri) && count(target, uri) > count(source, uri),
  );
}

export function expectAppended(source: OracleList, target: OracleList, isAtEnd = true): OracleList {
  const block = unique(source).filter((uri) => !target.includes(uri));
  return isAtEnd ? [...target, ...block] : [...block, ...target];
}

/** A copy with all repeats, of which what is there already counts. */
export function expectDated(source: OracleList, target: OracleList): OracleList {
  const left = [...target];
  const missing = source.filter(canCopy).filter((uri) => {
    const at = left.indexOf(uri);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [...target, ...missing];
}

/** A mirror of the pair's own items: the user's stay behind the item of ours that they stood behind. */
export function expectMirrored(
  source: OracleList,
  target: OracleList,
  claims: ReadonlySet<string>,
): OracleList {
  const isOurs = (uri: string | null): boolean =>
    uri !== null && claims.has(uri) && count(target, uri) === 1;
  const wanted = unique(source).filter((uri) => isOurs(uri) || !target.includes(uri));
  const groups = new Map<string, (string | null)[]>([['', []]]);
  let leader = '';
  for (const uri of target) {
    if (isOurs(uri)) {
      if (uri === null || !wanted.includes(uri)) continue;
      leader = uri;
      groups.set(leader, []);
    } else groups.get(leader)?.push(uri);
  }
  return [...(groups.get('') ?? []), ...wanted.flatMap((uri) => [uri, ...(groups.get(uri) ?? [])])];
}

/** Exactly the source, in its order and with its repeats; local and withdrawn items of the target stay. */
export function expectExact(source: OracleList, target: OracleList): OracleList {
  const wanted = source.filter(canCopy);
  const rest = target.filter((uri) => !canCopy(uri));
  return rest.length === 0 ? wanted : [...wanted, ...rest];
}
