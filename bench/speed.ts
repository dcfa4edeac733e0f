/** How long a load takes beside its own requests: ours against a floor that sends the same and does nothing else. */

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Bench, type Bound, round } from './report.ts';
import { ratioOf, type Samples, summarise, toCell } from './samples.ts';
import { runFloor, runOurs, type ServedRun } from './served-run.ts';
import { type Traffic, toRequestCount } from './traffic.ts';

const ITEMS = 3_500;
const LATENCIES_MS = [0, 50];
const RUNS_EACH = 5;
const MAX_RATIO = 1.5;

/** Both programs, measured in turns. */
type Contest = { readonly ours: ServedRun[]; readonly floor: ServedRun[] };

/** What came of it at one latency. */
type Outcome = {
  readonly latencyMs: number;
  readonly wallMs: { readonly ours: Samples; readonly floor: Samples; readonly ratio: number };
  readonly cpuMs: { readonly ours: Samples; readonly floor: Samples; readonly ratio: number };
};

/** A recorded load first, whose requests are the floor; then ours and the floor in turns. */
export const benchSpeed: Bench = async (workshop, tell) => {
  const recordingPath = join(workshop.folder, 'recording.json');
  tell('speed: recording the requests of one load');
  // With a latency, so that requests of one kind overlap and their concurrency is seen.
  const { traffic } = await runOurs(workshop, {
    size: ITEMS,
    latencyMs: Math.max(...LATENCIES_MS),
    recordingPath,
  });
  const outcomes: Outcome[] = [];
  for (const latencyMs of LATENCIES_MS) {
    const contest: Contest = { ours: [], floor: [] };
    for (let run = 1; run <= RUNS_EACH; run += 1) {
      tell(`speed: ${latencyMs} ms latency, run ${run} of ${RUNS_EACH}`);
      const options = { size: ITEMS, latencyMs };
      contest.ours.push(await runOurs(workshop, options));
      contest.floor.push(await runFloor(workshop, recordingPath, options));
    }
    requireSameTraffic(traffic, [...contest.ours, ...contest.floor]);
    outcomes.push(toOutcome(latencyMs, contest));
  }
  return {
    bench: 'speed',
    title: `Speed: ${ITEMS} items into empty tables, ${toRequestCount(traffic)} requests, ms as median (min–max) of ${RUNS_EACH} runs`,
    rows: toRows(outcomes),
    bounds: outcomes.map(toBound),
    figures: { items: ITEMS, traffic, outcomes },
  };
};

/** A floor that sends less, or other bytes, would be no floor of this load. */
function requireSameTraffic(recorded: Traffic, runs: readonly ServedRun[]): void {
  for (const { traffic } of runs) {
    if (!isDeepStrictEqual(traffic, recorded)) {
      const seen = JSON.stringify(traffic);
      throw new Error(
        `A run sent other requests than were recorded: ${seen}, not ${JSON.stringify(recorded)}`,
      );
    }
  }
}

function toOutcome(latencyMs: number, { ours, floor }: Contest): Outcome {
  return { latencyMs, wallMs: compare('wallMs'), cpuMs: compare('cpuMs') };

  function compare(figure: 'wallMs' | 'cpuMs'): Outcome['wallMs'] {
    const oursMs = ours.map((run) => run[figure]);
    const floorMs = floor.map((run) => run[figure]);
    return {
      ours: summarise(oursMs),
      floor: summarise(floorMs),
      ratio: ratioOf(oursMs, floorMs),
    };
  }
}

function toRows(outcomes: readonly Outcome[]): string[][] {
  return [
    ['latency of Spotify', 'measure', 'ours', 'floor', 'ratio'],
    ...outcomes.flatMap(({ latencyMs, wallMs, cpuMs }) => [
      [`${latencyMs} ms`, 'time', ...toCells(wallMs)],
      ['', 'processor', ...toCells(cpuMs)],
    ]),
  ];
}

function toCells({ ours, floor, ratio }: Outcome['wallMs']): string[] {
  return [toCell(ours), toCell(floor), `${round(ratio)} ×`];
}

function toBound({ latencyMs, wallMs }: Outcome): Bound {
  return {
    what: `time at ${latencyMs} ms latency, ours to the floor`,
    measured: wallMs.ratio,
    limit: MAX_RATIO,
    unit: '×',
  };
}
