import { createApp, createTableReader, type DynamodbSettings } from '../../app/app.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { type AppSettings, readAppSettings } from '../shared/app-settings.ts';
import type { Environment } from '../shared/dynamodb-settings.ts';
import type { createBar } from '../shared/row-bar.ts';
import type { Verdict } from './judge.ts';
import { repairPlaylists } from './repair.ts';
import { countFindings } from './report.ts';
import type { VerifyCommandOptions } from './settings.ts';
import type { Teller } from './tellers.ts';
import { verifyTables } from './verify-tables.ts';

export type VerifyParts = {
  readonly environment: Environment;
  readonly dynamodb: DynamodbSettings;
  readonly teller: Teller;
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
export async function runVerify(
  options: VerifyCommandOptions,
  parts: VerifyParts,
): Promise<boolean> {
  // What a repair lacks is told before a million rows are read.
  const settings =
    options.repair && options.yes
      ? await readAppSettings(options, { ...parts.environment, ...TABLE_VARIABLES })
      : undefined;
  const verdict = await verify(options, parts);
  if (countFindings(verdict) === 0) return true;
  if (settings === undefined) {
    parts.teller.onPlan(verdict.affected);
    return false;
  }
  const isLoaded = await repair(verdict, settings, parts);
  return isLoaded && verdict.unreached === 0 && !verdict.isCutShort;
}

async function verify(
  { readUnitsPerSecond, segments, stage }: VerifyCommandOptions,
  { bar, dynamodb, signal, teller }: VerifyParts,
): Promise<Verdict> {
  const startedAt = Date.now();
  const { tableNames } = await readServerlessYml(SERVERLESS_YML, stage);
  const reader = createTableReader({ dynamodb, segments, readUnitsPerSecond, signal });
  const { onFinding } = teller;
  try {
    const verdict = await verifyTables(reader, {
      tableNames,
      signal,
      onFinding,
      onProgress: bar?.update,
    });
    bar?.stop();
    const durationMs = Date.now() - startedAt;
    teller.onVerdict(verdict, { readUnits: reader.readUnits(), durationMs });
    return verdict;
  } finally {
    reader.close();
  }
}

async function repair(
  { affected }: Verdict,
  { config, dynamodb }: AppSettings,
  { signal, teller }: VerifyParts,
): Promise<boolean> {
  const app = createApp(config, { dynamodb });
  let loaded = 0;
  for await (const one of repairPlaylists(app, affected, signal)) {
    if (one.isLoaded) loaded += 1;
    teller.onRepair(one);
  }
  teller.onRepaired(loaded, affected.length);
  return loaded === affected.length;
}
