/** Size, contents and load time of the deployed packages. */
import { type Metafile } from 'esbuild';
import { runMeasured } from './measured-run.ts';
import { type Bench, type Bound, round } from './report.ts';
import { ratioOf, type Samples, summarise, toCell } from './samples.ts';
import { type Workshop } from './workshop.ts';

const MAX_API_BYTES = 400_000;
/** Nobody waits for a scheduled function. */
const MAX_SCHEDULED_BYTES = 1_500_000;
const SCHEDULED: ReadonlySet<string> = new Set([
  'list',
  'load',
  'record',
  'plays',
  'sync',
  'albums',
]);
const MAX_LOAD_RATIO = 1.5;
const LOADS_EACH = 35;
/** Packages smaller than this share one line. */
const NAMED_FROM_BYTES = 5_000;

export const benchPackage: Bench = async (workshop, tell) => {
  const { metafile, packaged, packages } = workshop;
  const { documentClient, empty, functions } = await measureLoads(workshop, tell);
  const shares = toShares(metafile);
  return {
    bench: 'package',
    title: `Package: the ingest function, ${toKb(packaged.bytes)} KB minified, ${toKb(packaged.zipBytes)} KB zipped`,
    rows: [
      ['part', 'KB', 'share'],
      ...toShareRows(shares, packaged.bytes),
      ['', '', ''],
      [`load in a fresh process, ms as median (min–max) of ${LOADS_EACH}`, '', ''],
      ...Object.entries(functions).map(([name, { load, ratio }]) => [
        `the packaged function ${name}`,
        toCell(load),
        `${round(ratio)} ×`,
      ]),
      ['the DynamoDB document client alone', toCell(documentClient), '1 ×'],
      ['an empty file', toCell(empty), ''],
    ],
    bounds: Object.entries(packages).flatMap(([name, { bytes }]) =>
      toBounds(name, bytes, functions[name]?.ratio ?? Number.NaN),
    ),
    figures: { packages, shares, functions, documentClient, empty },
  };
};

type Loads = {
  readonly functions: Readonly<
    Record<
      string,
      { readonly load: Samples /** To the document client. */; readonly ratio: number }
    >
  >;
  readonly documentClient: Samples;
  readonly empty: Samples;
};

/** Alternating, with every other round backwards, so that other load on the machine affects all. */
async function measureLoads(
  { emptyPath, nodeEnvironment, packages, program }: Workshop,
  tell: (what: string) => void,
): Promise<Loads> {
  const functions = Object.entries(packages).map(([name, { path }]) => ({
    name,
    path,
    times: [] as number[],
  }));
  const documentClient = { path: program('document-client'), times: [] as number[] };
  const empty = { path: emptyPath, times: [] as number[] };
  const loaded = [...functions, documentClient, empty];
  for (let round = 1; round <= LOADS_EACH; round += 1) {
    tell(`package: load ${round} of ${LOADS_EACH}`);
    for (const { path, times } of round % 2 === 0 ? loaded.toReversed() : loaded) {
      const options = { args: [path], environment: nodeEnvironment };
      times.push((await runMeasured(program('load'), options)).wallMs);
    }
  }
  return {
    functions: Object.fromEntries(
      functions.map(({ name, times }) => [
        name,
        { load: summarise(times), ratio: ratioOf(times, documentClient.times) },
      ]),
    ),
    documentClient: summarise(documentClient.times),
    empty: summarise(empty.times),
  };
}

/** Bytes of the bundle by the package they come from, largest first. */
function toShares({ outputs }: Metafile): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {};
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = packageOf(path);
      shares[owner] = (shares[owner] ?? 0) + bytesInOutput;
    }
  }
  return Object.fromEntries(Object.entries(shares).sort(([, a], [, b]) => b - a));
}

function packageOf(path: string): string {
  const [, inPackage] = path.split(/.*node_modules\//);
  return inPackage === undefined
    ? 'this project'
    : inPackage
        .split('/')
        .slice(0, inPackage.startsWith('@') ? 2 : 1)
        .join('/');
}

function toShareRows(shares: Readonly<Record<string, number>>, total: number): string[][] {
  const entries = Object.entries(shares);
  const named = entries.filter(([, bytes]) => bytes >= NAMED_FROM_BYTES);
  const rest = total - named.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [...named, ['the rest', rest] as const].map(([owner, bytes]) => [
    owner,
    String(toKb(bytes)),
    `${Math.round((100 * bytes) / total)} %`,
  ]);
}

function toBounds(name: string, bytes: number, loadRatio: number): Bound[] {
  const isScheduled = SCHEDULED.has(name);
  const size: Bound = {
    what: `${name}: size, minified`,
    measured: bytes / 1_000,
    limit: (isScheduled ? MAX_SCHEDULED_BYTES : MAX_API_BYTES) / 1_000,
    unit: 'KB',
  };
  if (isScheduled) return [size];
  const what = `${name}: load, to the document client`;
  return [size, { what, measured: loadRatio, limit: MAX_LOAD_RATIO, unit: '×' }];
}

function toKb(bytes: number): number {
  return Math.round(bytes / 100) / 10;
}
