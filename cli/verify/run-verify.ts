import pc from 'picocolors';
import { createApp, createTableReader, type DynamodbSettings } from '../../etl/app.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { type AppSettings, readAppSettings } from '../app-settings.ts';
import type { createBar } from '../row-bar.ts';
import { findingJson, planJson, repairJson, summaryJson } from './json.ts';
import type { Verdict } from './judge.ts';
import { repairPlaylists } from './repair.ts';
import {
  countAllCalls,
  countFindings,
  createSample,
  findingTables,
  noteLines,
  planTable,
  quantity,
  repairLine,
  verdictLine,
} from './report.ts';
import type { VerifyCommandOptions } from './settings.ts';
import { verifyTables } from './verify-tables.ts';

type Parts = {
  readonly dynamodb: DynamodbSettings;
  readonly bar: ReturnType<typeof createBar> | undefined;
  readonly signal: AbortSignal;
};

/** The tables are those of the stage, whatever the environment says: what is repaired must be what was verified. */
const TABLE_VARIABLES = {
  PLAYLIST_TABLE: undefined,
  TRACK_TABLE: undefined,
  ALBUM_TABLE: undefined,
  ARTIST_TABLE: undefined,
};

/**
 * Verifies, tells what was found, and repairs where that is asked for.
 *
 * @returns whether all is right now
 * @throws EtlError, or what the SDK throws
 */
export async function runVerify(options: VerifyCommandOptions, parts: Parts): Promise<boolean> {
  // What a repair lacks is told before a million rows are read.
  const settings =
    options.repair && options.yes
      ? await readAppSettings(options, { ...process.env, ...TABLE_VARIABLES })
      : undefined;
  const verdict = await verify(options, parts);
  if (countFindings(verdict) === 0) return true;
  if (settings === undefined) {
    showPlan(verdict, options);
    return false;
  }
  const isMended = await repair(verdict, settings, { options, signal: parts.signal });
  return isMended && verdict.unreached === 0 && !verdict.isCutShort;
}

async function verify(
  options: VerifyCommandOptions,
  { bar, dynamodb, signal }: Parts,
): Promise<Verdict> {
  const { json, readUnitsPerSecond, segments, stage } = options;
  const startedAt = Date.now();
  const { tableNames } = await readServerlessYml(SERVERLESS_YML, stage);
  const reader = createTableReader({ dynamodb, segments, readUnitsPerSecond, signal });
  const { add, sample } = createSample();
  try {
    const verdict = await verifyTables(reader, {
      tableNames,
      signal,
      onProgress: bar?.update,
      onFinding: (finding) => {
        if (json) console.log(findingJson(finding));
        else add(finding);
      },
    });
    bar?.stop();
    const measures = { readUnits: reader.readUnits(), durationMs: Date.now() - startedAt };
    if (json) showJson(verdict, measures, options);
    else if (options.quiet) showQuietly(verdict);
    else {
      for (const line of findingTables(sample, verdict)) console.log(line);
      for (const line of [verdictLine(verdict), ...noteLines(verdict)]) console.log(line);
      console.log(
        pc.dim(
          `${(measures.durationMs / 1000).toFixed(1)} s, ${quantity(Math.ceil(measures.readUnits), 'read unit')}`,
        ),
      );
    }
    return verdict;
  } finally {
    reader.close();
  }
}

function showJson(
  verdict: Verdict,
  measures: { readonly readUnits: number; readonly durationMs: number },
  { repair, yes }: VerifyCommandOptions,
): void {
  if (repair && !yes) for (const playlist of verdict.affected) console.log(planJson(playlist));
  console.log(summaryJson(verdict, measures));
}

function showQuietly(verdict: Verdict): void {
  if (countFindings(verdict) > 0) console.error(verdictLine(verdict));
}

function showPlan(
  { affected }: Verdict,
  { json, quiet, repair, stage }: VerifyCommandOptions,
): void {
  if (json || quiet || affected.length === 0) return;
  const command = `spotify-etl verify --stage ${stage} --repair`;
  if (!repair) {
    console.log(`To mend it, see: ${pc.cyan(command)}`);
    return;
  }
  for (const line of planTable(affected)) console.log(line);
  const cost = `${quantity(affected.length, 'playlist')}, about ${quantity(countAllCalls(affected), 'call')} to Spotify`;
  console.log(`${cost}. To load them again: ${pc.cyan(`${command} --yes`)}`);
}

async function repair(
  { affected }: Verdict,
  { config, dynamodb }: AppSettings,
  { options, signal }: { readonly options: VerifyCommandOptions; readonly signal: AbortSignal },
): Promise<boolean> {
  const app = createApp(config, { dynamodb });
  let loaded = 0;
  for await (const one of repairPlaylists(app, affected, signal)) {
    if (one.isLoaded) loaded += 1;
    if (options.json) console.log(repairJson(one));
    else if (!options.quiet) console.log(repairLine(one));
    else if (!one.isLoaded) console.error(repairLine(one));
  }
  if (!options.json && !options.quiet) {
    console.log(
      `${loaded} of ${quantity(affected.length, 'playlist')} loaded again. Verify once more to see that all is well.`,
    );
  }
  return loaded === affected.length;
}
