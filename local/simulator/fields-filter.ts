import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

/** Field names to keep (or, behind `!`, to leave out), each with the same for what it holds. */
type FieldTree = Map<string, FieldTree>;

const TOKENS = /[^,().]+|[(),.]/g;

/**
 * Keeps of a reply what Spotify's `fields` parameter names: `name,items(total,items(track(id)))`,
 * with `a.b` for `a(b)` and `!a` for all but `a`. Names that are not there select nothing; inside
 * an array every element is filtered, so a wrong inner name leaves empty objects, as at Spotify.
 */
export function selectFields(value: JsonObject, fields: string): JsonObject {
  const tokens = [...(fields.match(TOKENS) ?? [])].reverse();
  return filterObject(value, parseList(tokens));
}

/** Takes from the end of `tokens` (they are reversed) until the list or its bracket ends. */
function parseList(tokens: string[]): FieldTree {
  const tree: FieldTree = new Map();
  for (let token = tokens.pop(); token !== undefined && token !== ')'; token = tokens.pop()) {
    if (token !== ',') parseField(token.trim(), tokens, tree);
  }
  return tree;
}

function parseField(name: string, tokens: string[], tree: FieldTree): void {
  const inner = tree.get(name) ?? new Map<string, FieldTree>();
  tree.set(name, inner);
  const following = tokens.at(-1);
  if (following === '.') {
    tokens.pop();
    const next = tokens.pop();
    if (next !== undefined) parseField(next, tokens, inner);
  } else if (following === '(') {
    tokens.pop();
    for (const [key, subtree] of parseList(tokens)) inner.set(key, subtree);
  }
}

function filterObject(value: JsonObject, tree: FieldTree): JsonObject {
  const keepsRest = [...tree.keys()].some((name) => name.startsWith('!'));
  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const subtree = tree.get(key);
    if (subtree !== undefined) kept.push([key, filterValue(inner, subtree)]);
    else if (keepsRest && !tree.has(`!${key}`)) kept.push([key, inner]);
  }
  return Object.fromEntries(kept);
}

function filterValue(value: Json, tree: FieldTree): Json {
  if (tree.size === 0) return value;
  if (isJsonArray(value)) return value.map((element) => filterValue(element, tree));
  return isJsonObject(value) ? filterObject(value, tree) : value;
}
