/** How long a load takes compared with its own requests: ours against a floor that sends the same and does nothing else. */

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Bench, type Bound, round } from './report.ts';
import { ratioOf, type Samples, summarise, toCell } from './samples.ts';
import { runFloor, runOurs, type ServedLoad } from './served-run.ts';
import { type Traffic, toRequestCount } from './traffic.ts';
import { type Workshop } from './workshop.ts';

/**
 * A short load is measured more often, because other load on the machine matters more. `warm` loads follow the first of a
 * process.
 */
const SIZES = [
  { size: 100, processes: 9, warm: 4 },
  { size: 3_500, processes: 5, warm: 2 },
];
const SHAPES = SIZES.flatMap((size) => [false, true].map((isSparse) => ({ ...size, isSparse })));
/** While recording, so that requests of one kind overlap and their concurrency is seen. */
const RECORDING_LATENCY_MS = 50;
const MAX_RATIO = 1.5;

type Shape = (typeof SHAPES)[number];

/** Loads of both programs, neighbours at the same place. */
type Contest = { readonly ours: ServedLoad[]; readonly floor: ServedLoad[] };

type Comparison = { readonly ours: Samples; readonly floor: Samples; readonly ratio: number };

type Outcome = Shape & {
  readonly start: 'cold' | 'warm';
  readonly requests: number;
  readonly wallMs: Comparison;
  readonly cpuMs: Comparison;
};

/** For each shape a recording first, whose requests are the floor; then processes of ours and of the floor in turns. */
export const benchSpeed: Bench = async (workshop, tell) => {
  const outcomes: Outcome[] = [];
  for (const shape of SHAPES) outcomes.push(...(await benchShape(workshop, shape, tell)));
  return {
    bench: 'speed',
    title: `Speed: a list into empty tables, ms as median (min–max) of cold loads, each in a process of its own, and of warm ones after them`,
    rows: toRows(outcomes),
    bounds: outcomes.map(toBound),
    figures: { outcomes },
  };
};

async function benchShape(
  workshop: Workshop,
  shape: Shape,
  tell: (what: string) => void,
): Promise<Outcome[]> {
  const name = nameOf(shape);
  tell(`speed: ${name}, recording`);
  const { isSparse, processes, size, warm: warmLoads } = shape;
  const recordingPaths = Array.from({ length: 1 + warmLoads }, (_, load) =>
    join(workshop.folder, `${name}-${load}.json`),
  );
  const options = { size, isSparse, warm: warmLoads, latencyMs: 0 };
  const recorded = await runOurs(workshop, {
    ...options,
    latencyMs: RECORDING_LATENCY_MS,
    recordingPaths,
  });
  const cold: Contest = { ours: [], floor: [] };
  const warm: Contest = { ours: [], floor: [] };
  for (let turn = 1; turn <= processes; turn += 1) {
    tell(`speed: ${name}, process ${turn} of ${processes}`);
    const loads = {
      ours: await runOurs(workshop, options),
      floor: await runFloor(workshop, recordingPaths, options),
    };
    for (const who of ['ours', 'floor'] as const) {
      requireSameTraffic(recorded, loads[who]);
      const [first, ...further] = loads[who];
      cold[who].push(...(first === undefined ? [] : [first]));
      warm[who].push(...further);
    }
  }
  return [toOutcome(shape, 'cold', cold), toOutcome(shape, 'warm', warm)];
}

/** A floor must send the same requests and bytes. */
function requireSameTraffic(recorded: readonly ServedLoad[], loads: readonly ServedLoad[]): void {
  const [wanted, seen] = [recorded, loads].map((all) => all.map(({ traffic }): Traffic => traffic));
  if (isDeepStrictEqual(seen, wanted)) return;
  throw new Error(
    `A process sent other requests than were recorded: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`,
  );
}

function toOutcome(shape: Shape, start: Outcome['start'], { floor, ours }: Contest): Outcome {
  const compare = (figure: 'wallMs' | 'cpuMs'): Comparison => {
    const oursMs = ours.map((load) => load[figure]);
    const floorMs = floor.map((load) => load[figure]);
    return { ours: summarise(oursMs), floor: summarise(floorMs), ratio: ratioOf(oursMs, floorMs) };
  };
  const requests = toRequestCount(ours[0]?.traffic ?? {});
  return { ...shape, start, requests, wallMs: compare('wallMs'), cpuMs: compare('cpuMs') };
}

function nameOf({ isSparse, size }: Shape): string {
  return `${size} items, ${isSparse ? 'sparse' : 'dense'}`;
}

function toRows(outcomes: readonly Outcome[]): string[][] {
  return [
    ['load', 'requests', 'time: ours', 'floor', 'ratio', 'processor: ours', 'floor', 'ratio'],
    ...outcomes.map((outcome) => [
      `${nameOf(outcome)}, ${outcome.start}`,
      String(outcome.requests),
      ...toCells(outcome.wallMs),
      ...toCells(outcome.cpuMs),
    ]),
  ];
}

function toCells({ ours, floor, ratio }: Comparison): string[] {
  return [toCell(ours), toCell(floor), `${round(ratio)} ×`];
}

function toBound(outcome: Outcome): Bound {
  return {
    what: `${nameOf(outcome)}, ${outcome.start}: time, ours to the floor`,
    measured: outcome.wallMs.ratio,
    limit: MAX_RATIO,
    unit: '×',
  };
}
