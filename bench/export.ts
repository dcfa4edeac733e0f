/**
 * `npx tsx bench/export.ts [rows]`: memory and speed of an export of a library into each format, by the built program. Fails above
 * 300 MB.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openLibrary } from '../app/library.ts';
import { pullInto } from '../app/pull.ts';
import { FORMATS } from '../cli/export/export-rows.ts';
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
    const library = openLibrary({ place, authToken: undefined });
    await pullInto(library, generateRows(rows), { owner: 'bench' });
    await library.close();
    // Builds it where it is stale.
    execFileSync(NODE, [CLI, '--version']);
    for (const format of FORMATS) await measure(['--format', format], { folder, place, rows });
    await measure(['--flat'], { folder, place, rows });
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Place = { readonly folder: string; readonly place: string; readonly rows: number };

async function measure(options: readonly string[], { folder, place, rows }: Place): Promise<void> {
  const startedAt = Date.now();
  const out = join(folder, 'out');
  const args = [CLI, 'export', '--library', place, '--out', out, '--quiet', ...options];
  const child = spawn(NODE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const memory = watchMemory(child.pid ?? 0);
  const errors = await text(child.stderr);
  const seconds = (Date.now() - startedAt) / 1000;
  const peakMb = (await memory.stop()) ?? 0;
  console.log(
    [
      options.join(' ').padEnd(20),
      `${seconds.toFixed(1)} s`,
      `${Math.round(rows / seconds).toLocaleString('en-US')} rows/s`,
      `peak memory ${peakMb} MB`,
      errors,
    ].join('  '),
  );
  await rm(out, { recursive: true, force: true });
  if (peakMb > MAX_MEMORY_MB || errors !== '') process.exitCode = 1;
}

void main();
