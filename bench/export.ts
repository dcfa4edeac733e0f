/**
 * `npx tsx bench/export.ts [rows]`: memory and speed of a pull, and by the built program of a verification and of an export into each
 * format. Fails above 300 MB.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openLibrary } from '../app/library.ts';
import { pullInto } from '../app/pull.ts';
import { FORMATS } from '../cli/export/export-rows.ts';
import { limitHeapGrowth } from '../cli/shared/heap.ts';
import { CLI } from '../test/support/cli.ts';
import { generateRows } from '../test/support/generated-rows.ts';
import { watchMemory } from '../test/support/process-memory.ts';
import { NODE } from './children.ts';

const ROWS = 200_000;
const MAX_MEMORY_MB = 300;

async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? ROWS);
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-bench-'));
  const place = join(folder, 'library.db');
  try {
    await pull(place, rows);
    // Builds it where it is stale.
    execFileSync(NODE, [CLI, '--version']);
    await measure('verify', ['verify'], { folder, place, rows });
    const out = join(folder, 'out');
    for (const more of [...FORMATS.map((format) => ['--format', format]), ['--flat']]) {
      await measure(more.join(' '), ['export', '--out', out, ...more], { folder, place, rows });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Place = { readonly folder: string; readonly place: string; readonly rows: number };

async function pull(place: string, rows: number): Promise<void> {
  limitHeapGrowth();
  const startedAt = Date.now();
  const library = openLibrary({ place, authToken: undefined });
  await pullInto(library, generateRows(rows), { owner: 'bench' });
  await library.close();
  report('pull', { startedAt, rows, peakMb: process.resourceUsage().maxRSS / 1024 });
}

async function measure(
  what: string,
  options: readonly string[],
  { folder, place, rows }: Place,
): Promise<void> {
  const startedAt = Date.now();
  const args = [CLI, ...options, '--library', place, '--quiet'];
  const child = spawn(NODE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const memory = watchMemory(child.pid ?? 0);
  const errors = await text(child.stderr);
  const peakMb = (await memory.stop()) ?? 0;
  report(what, { startedAt, rows, peakMb });
  await rm(join(folder, 'out'), { recursive: true, force: true });
  if (errors === '') return;
  console.error(errors);
  process.exitCode = 1;
}

type Measures = { readonly startedAt: number; readonly rows: number; readonly peakMb: number };

function report(what: string, { peakMb, rows, startedAt }: Measures): void {
  const seconds = (Date.now() - startedAt) / 1000;
  const figures = [
    `${seconds.toFixed(1)} s`,
    `${Math.round(rows / seconds).toLocaleString('en-US')} rows/s`,
    `peak memory ${Math.round(peakMb)} MB`,
  ];
  console.log([what.padEnd(20), ...figures].join('  '));
  if (peakMb > MAX_MEMORY_MB) process.exitCode = 1;
}

void main();
