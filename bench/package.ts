/** What is deployed: its size, what it is made of, and how long a fresh process takes to load it. */
import { type Metafile } from 'esbuild';
import { runMeasured } from './measured-run.ts';
import { type Bench, type Bound, round } from './report.ts';
import { ratioOf, type Samples, summarise, toCell } from './samples.ts';
import { type Workshop } from './workshop.ts';

const MAX_BYTES = 400_000;
const MAX_LOAD_RATIO = 1.5;
const LOADS_EACH = 35;
/** Packages smaller than this share one line. */
const NAMED_FROM_BYTES = 5_000;

export const benchPackage: Bench = async (workshop, tell) => {
  const { packaged, metafile } = workshop;
  const loads = await measureLoads(workshop, tell);
  const shares = toShares(metafile);
  return {
    bench: 'package',
    title: `Package: the ingest function, ${toKb(packaged.bytes)} KB minified, ${toKb(packaged.zipBytes)} KB zipped`,
    rows: [
      ['part', 'KB', 'share'],
      ...toShareRows(shares, packaged.bytes),
      ['', '', ''],
      [`load in a fresh process, ms as median (min–max) of ${LOADS_EACH}`, '', ''],
      ['the packaged function', toCell(loads.ours), `${round(loads.ratio)} ×`],
      ['the DynamoDB document client alone', toCell(loads.documentClient), '1 ×'],
      ['an empty file', toCell(loads.empty), ''],
    ],
    bounds: toBounds(packaged.bytes, loads.ratio),
    figures: {
      bytes: packaged.bytes,
      zipBytes: packaged.zipBytes,
      shares,
      loads,
    },
  };
};

const LOADED = ['ours', 'documentClient', 'empty'] as const;
type Loads = Readonly<Record<(typeof LOADED)[number], Samples>> & {
  /** Ours to the document client. */
  readonly ratio: number;
};

/** In turns, and every other round backwards, so that whatever else the machine does meets all alike. */
async function measureLoads(
  { packaged, program, emptyPath, nodeEnvironment }: Workshop,
  tell: (what: string) => void,
): Promise<Loads> {
  const paths = {
    ours: packaged.path,
    documentClient: program('document-client'),
    empty: emptyPath,
  };
  const times = { ours: [] as number[], documentClient: [] as number[], empty: [] as number[] };
  for (let round = 1; round <= LOADS_EACH; round += 1) {
    tell(`package: load ${round} of ${LOADS_EACH}`);
    for (const name of round % 2 === 0 ? LOADED.toReversed() : LOADED) {
      const options = { args: [paths[name]], environment: nodeEnvironment };
      times[name].push((await runMeasured(program('load'), options)).wallMs);
    }
  }
  return {
    ours: summarise(times.ours),
    documentClient: summarise(times.documentClient),
    empty: summarise(times.empty),
    ratio: ratioOf(times.ours, times.documentClient),
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

function toBounds(bytes: number, loadRatio: number): Bound[] {
  return [
    { what: 'size, minified', measured: bytes / 1_000, limit: MAX_BYTES / 1_000, unit: 'KB' },
    {
      what: 'load, ours to the document client',
      measured: loadRatio,
      limit: MAX_LOAD_RATIO,
      unit: '×',
    },
  ];
}

function toKb(bytes: number): number {
  return Math.round(bytes / 100) / 10;
}
