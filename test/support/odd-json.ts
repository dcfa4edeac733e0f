/** Mutations of a JSON reply: odd values, types, IDs and sizes at any place, missing fields and further ones. */
import fc from 'fast-check';
import type { OddValue } from '../../local/simulator/faults.ts';
import { isJsonArray, isJsonObject, type Json } from '../../local/simulator/json.ts';

type Path = (string | number)[];

/** Where all values of a reply are, itself left out. */
function listPaths(json: Json, at: Path = []): Path[] {
  const members: [string | number, Json][] = isJsonArray(json)
    ? [...json.entries()]
    : Object.entries(isJsonObject(json) ? json : {});
  return members.flatMap(([step, value]) => {
    const path = [...at, step];
    return [path, ...listPaths(value, path)];
  });
}

function valueAt(json: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((part, step) => {
    if (isJsonArray(part)) return part[Number(step)];
    return isJsonObject(part) ? part[step] : undefined;
  }, json);
}

const artistsOf = (count: number): Json =>
  Array.from({ length: count }, (_, at) => ({ id: String(at).padStart(22, '0'), name: `A${at}` }));
const nested = (depth: number): Json => (depth === 0 ? [] : [nested(depth - 1)]);

const odd = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1.5, 2 ** 53, 1e25, 1e308, -1e308, 5e-324),
  fc.constantFrom('', ' ', '\0', '\ud800', '__proto__', '../me', '&amp;&#x110000;', '0', '1e999'),
  // IDs that are none, and those of something else.
  fc.constantFrom('11dFghVXANMlKmJXsNCbNl', '11dFghVXANMlKmJXsNCbN', '11dFghVXANMlKmJXsNCb-l'),
  fc.constantFrom<Json>([], {}, [null], [[]], [{}], { id: null }, [{ url: null }], ['', 0, {}]),
);
const large = fc.constantFrom<Json>(
  'x'.repeat(8_192),
  '猫'.repeat(8_192),
  'x'.repeat(500_000),
  artistsOf(300),
  artistsOf(20_000),
  Array.from({ length: 5_000 }, () => ({ url: 'https://i.scdn.co/image/1' })),
  nested(500),
);
const names = fc.constantFrom('id', 'type', 'track', 'item', '__proto__', 'constructor', 'next');

/** One to five changes of this reply. */
export function mutationsOf(reply: Json): fc.Arbitrary<OddValue[]> {
  const paths = listPaths(reply);
  const somewhere = fc.constantFrom(...paths);
  // What stands elsewhere in the reply is of a likely form, in the wrong place.
  const moved = somewhere.map((path) => valueAt(reply, path) ?? null);
  const values = fc.oneof(
    { weight: 6, arbitrary: odd },
    { weight: 2, arbitrary: moved },
    { weight: 1, arbitrary: large },
    { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
  );
  const change = fc.oneof(
    { weight: 8, arbitrary: fc.record({ path: somewhere, value: values }) },
    { weight: 1, arbitrary: fc.record({ path: somewhere }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(somewhere, names, values)
        .map(([path, name, value]) => ({ path: [...path, name], value })),
    },
  );
  return fc.array(change, { minLength: 1, maxLength: 5 });
}
