/** The trigger over a large file: how soon it asks, what it holds, and what recording costs beside bare requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './report.ts';

type TriggerFigures = {
  readonly rows: number;
  readonly startToFirstRequestMs: number;
  readonly peakMemoryMb: number;
  readonly triggerMs: number;
  /** The same requests, as many at a time, and nothing else. */
  readonly bareLoopMs: number;
};

const ROWS = 100_000;
const RUNS = 3;
const CONCURRENCY = 2;
const POLL_MS = 20;

const ANSWER = JSON.stringify({
  status: 'loaded',
  message: 'Road Trip: 57 items, 55 tracks, 48 albums, 61 artists; 164 rows written.',
  run_id: '00000000-0000-0000-0000-000000000000',
  playlist_name: 'Road Trip',
  counts: { items: 57, tracks: 55, albums: 48, artists: 61, episodes: 1, local: 1 },
});

/** 100,000 rows answered at once, three times, each beside a bare loop of the same requests. */
export const benchTrigger: Bench = async (_workshop, tell) => {
  const runs: TriggerFigures[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    tell(`trigger: ${ROWS} rows, run ${run} of ${RUNS}`);
    runs.push(await measure(ROWS));
  }
  const ratios = runs.map(({ triggerMs, bareLoopMs }) => triggerMs / bareLoopMs);
  const median = (values: readonly number[]): number =>
    [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
  const firstMs = median(runs.map(({ startToFirstRequestMs }) => startToFirstRequestMs));
  const worstMb = Math.max(...runs.map(({ peakMemoryMb }) => peakMemoryMb));
  return {
    bench: 'trigger',
    title: `Trigger: a playlists file of ${ROWS} rows, answered at once`,
    rows: [
      ['run', 'to the first request, ms', 'trigger, ms', 'bare loop, ms', 'ratio', 'peak, MB'],
      ...runs.map((figures, run) => [
        String(run + 1),
        ...[figures.startToFirstRequestMs, figures.triggerMs, figures.bareLoopMs].map((ms) =>
          ms.toFixed(0),
        ),
        (ratios[run] ?? Number.NaN).toFixed(2),
        figures.peakMemoryMb.toFixed(0),
      ]),
    ],
    bounds: [
      { what: 'start to first request, median', measured: firstMs, limit: 1_000, unit: 'ms' },
      { what: 'time, median of the ratios', measured: median(ratios), limit: 2, unit: '×' },
      { what: 'peak, worst run', measured: worstMb, limit: 200, unit: 'MB' },
    ],
    figures: { rows: ROWS, runs },
  };
};

/** Measures against a server on loopback that answers at once. */
async function measure(rows: number): Promise<TriggerFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-bench-'));
  const uris = Array.from({ length: rows }, (_, row) => String(row).padStart(22, '0'));
  const file = join(folder, 'playlists.csv');
  const lines = uris.map((id, row) => `spotify:playlist:${id},False,,note ${row}\n`);
  await writeFile(file, `playlist_uri,request_sent,response,note\n${lines.join('')}`);

  let firstAt = 0;
  const server = http.createServer((_, response) => {
    firstAt ||= performance.now();
    response.setHeader('content-type', 'application/json');
    response.end(ANSWER);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const startedAt = performance.now();
  const peakMemoryMb = await runTrigger(file, url);
  const triggerMs = performance.now() - firstAt;
  const startToFirstRequestMs = firstAt - startedAt;
  const bareLoopMs = await runBareLoop(uris, url);
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
  return { rows, startToFirstRequestMs, peakMemoryMb, triggerMs, bareLoopMs };
}

async function runTrigger(file: string, url: string): Promise<number> {
  const child = spawn(
    process.execPath,
    ['cli/spotify-etl.cjs', 'trigger', file, '--endpoint', url, '--quiet'],
    { stdio: 'inherit' },
  );
  let peak = 0;
  const poll = setInterval(() => {
    void readPeakMb(child).then((megabytes) => {
      peak = Math.max(peak, megabytes);
    });
  }, POLL_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(poll);
  if (code !== 0) throw new Error(`The trigger ended with ${code ?? 'a signal'}.`);
  return peak;
}

/** The most it has ever held, as Linux counts it; 0 elsewhere. */
async function readPeakMb({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** In a process of its own, as the trigger is one. */
async function runBareLoop(uris: readonly string[], url: string): Promise<number> {
  const program = `
    const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true });
    const ask = (id) => new Promise((resolve, reject) => {
      http.get('${url}/ingest?playlist_uri=' + id, { agent }, (response) => {
        let body = '';
        response.on('data', (chunk) => { body += chunk; });
        response.on('end', () => { JSON.parse(body); resolve(); });
      }).on('error', reject);
    });
    let next = 0;
    const work = async () => { while (next < ${uris.length}) await ask(String(next++).padStart(22, '0')); };
    const startedAt = performance.now();
    Promise.all(Array.from({ length: ${CONCURRENCY} }, work)).then(() => {
      console.log(performance.now() - startedAt);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(output.toString());
}
