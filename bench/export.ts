/**
 * `npx tsx bench/export.ts [rows]`: memory and speed of an export and of a verification. A million generated rows go through the
 * same sort and the same files as a table's; a smaller number comes out of the embedded engine over real HTTP. The verified rows
 * refer to missing albums and artists only, the worst case for output and memory. Fails above 200 MB.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type ExportSummary, exportFrom, exportTables } from '../cli/export/export-tables.ts';
import { limitHeapGrowth } from '../cli/shared/heap.ts';
import { verifyTables } from '../cli/verify/verify-tables.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION, startDynamodb } from '../local/dynamodb.ts';
import { readStack } from '../local/table-definitions.ts';
import { createGeneratedReader, generateTrack } from '../test/support/generated-rows.ts';

const ROWS = 1_000_000;
const ENGINE_ROWS = 50_000;
const ROWS_PER_WRITE = 25;
const MAX_MEMORY_MB = 200;

/** One line of figures. */
type Case = (out: string, rows: number) => Promise<string>;

async function exportGenerated(out: string, rows: number): Promise<string> {
  const { tableNames } = await readStack('serverless.yml', 'bench');
  return toLine(
    await exportFrom(createGeneratedReader(rows), { tableNames, tables: ['track'], out }),
  );
}

/** The engine runs in the parent: its memory is not the export's. */
async function exportFromEngine(out: string): Promise<string> {
  const { tableNames } = await readStack('serverless.yml', 'bench');
  const summary = await exportTables({
    tableNames,
    tables: ['track'],
    out,
    dynamodb: {
      endpoint: process.env.BENCH_ENDPOINT,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    },
    readUnitsPerSecond: 40_000,
  });
  return toLine(summary);
}

async function verifyGenerated(_out: string, rows: number): Promise<string> {
  const { tableNames } = await readStack('serverless.yml', 'bench');
  const generated = { track: createGeneratedReader(rows), none: createGeneratedReader(0) };
  const startedAt = Date.now();
  let findings = 0;
  await verifyTables(
    {
      countRowsAbout: generated.track.countRowsAbout,
      listPages: (name) => generated[name === tableNames.track ? 'track' : 'none'].listPages(name),
    },
    { tableNames, onFinding: () => (findings += 1) },
  );
  const seconds = (Date.now() - startedAt) / 1000;
  return [
    `${rows.toLocaleString('en-US')} rows`,
    `${findings.toLocaleString('en-US')} findings`,
    `${seconds.toFixed(1)} s`,
    `${Math.round(rows / seconds).toLocaleString('en-US')} rows/s`,
  ].join('  ');
}

const CASES: Readonly<Record<string, Case>> = {
  generated: exportGenerated,
  engine: exportFromEngine,
  verify: verifyGenerated,
};

/** One case in a process of its own, so that its peak is its own. */
async function runCase(name: string, rows: number): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), 'spotify-etl-bench-'));
  limitHeapGrowth();
  try {
    const run = CASES[name];
    if (run === undefined) return;
    const figures = await run(out, rows);
    const peakMb = process.resourceUsage().maxRSS / 1024;
    console.log(`${name.padEnd(10)} ${figures}  peak memory ${peakMb.toFixed(0)} MB`);
    if (peakMb > MAX_MEMORY_MB) process.exitCode = 1;
  } finally {
    await rm(out, { recursive: true });
  }
}

function toLine({ durationMs, tables: [table] }: ExportSummary): string {
  if (table === undefined) return 'nothing';
  const seconds = durationMs / 1000;
  return [
    `${table.rows.toLocaleString('en-US')} rows`,
    `${(table.bytes / 1e6).toFixed(0)} MB`,
    `${seconds.toFixed(1)} s`,
    `${Math.round(table.rows / seconds).toLocaleString('en-US')} rows/s`,
  ].join('  ');
}

async function runInChild(name: string, environment: Record<string, string> = {}): Promise<void> {
  const child = fork(__filename, [name, process.argv[2] ?? String(ROWS)], {
    env: { ...process.env, ...environment },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

async function runWithEngine(): Promise<void> {
  const { tableNames, tables } = await readStack('serverless.yml', 'bench');
  const engine = await startDynamodb({ port: 0, tables });
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: engine.url,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    }),
  );
  for (let start = 0; start < ENGINE_ROWS; start += ROWS_PER_WRITE) {
    const puts = Array.from({ length: ROWS_PER_WRITE }, (_, index) => ({
      PutRequest: { Item: generateTrack(start + index) },
    }));
    await client.send(new BatchWriteCommand({ RequestItems: { [tableNames.track]: puts } }));
  }
  client.destroy();
  await runInChild('engine', { BENCH_ENDPOINT: engine.url });
  await engine.close();
}

async function main(): Promise<void> {
  const [, , name = '', rows = ''] = process.argv;
  if (name in CASES) {
    await runCase(name, Number(rows));
    return;
  }
  await runInChild('generated');
  await runInChild('verify');
  await runWithEngine();
}

void main();
