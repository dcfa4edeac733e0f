import { createApp, createTableReader } from '../../app/app.ts';
import { readServerlessYml, SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { type AppOptions, type AppSettings, readAppSettings } from '../shared/app-settings.ts';
import type { Environment } from '../shared/dynamodb-settings.ts';
import type { TableOptions } from '../shared/options.ts';
import type { TableWork } from '../shared/over-tables.ts';
import type { Verdict } from './judge.ts';
import { repairPlaylists } from './repair.ts';
import { countFindings } from './report.ts';
import type { Reporter } from './reporters.ts';
import { verifyTables } from './verify-tables.ts';

export type VerifyOptions = TableOptions & {
  readonly segments: number;
  readonly readUnitsPerSecond: number;
  readonly store?: AppOptions['store'];
  readonly repair: boolean;
  readonly yes: boolean;
};

type VerifyParts = TableWork & { readonly environment: Environment; readonly reporter: Reporter };

/** The tables are those of the stage, whatever the environment says: what is repaired must be what was verified. */
const TABLE_VARIABLES = {
  PLAYLIST_TABLE: undefined,
  TRACK_TABLE: undefined,
  ALBUM_TABLE: undefined,
  ARTIST_TABLE: undefined,
};

/**
 * Verifies, reports what was found, and repairs if that is asked for.
 *
 * @returns whether all is right now
 * @throws EtlError, or what the SDK throws
 */
export async function runVerify(options: VerifyOptions, parts: VerifyParts): Promise<boolean> {
  // What a repair lacks is reported before a million rows are read.
  const settings =
    options.repair && options.yes
      ? await readAppSettings(options, { ...parts.environment, ...TABLE_VARIABLES })
      : undefined;
  const verdict = await verify(options, parts);
  if (countFindings(verdict) === 0) return true;
  if (settings === undefined) {
    parts.reporter.onPlan(verdict.affected);
    return false;
  }
  const isLoaded = await repair(verdict, settings, parts);
  return isLoaded && verdict.unreached === 0 && !verdict.isCutShort;
}

async function verify(
  { readUnitsPerSecond, segments, stage }: VerifyOptions,
  { bar, dynamodb, signal, reporter }: VerifyParts,
): Promise<Verdict> {
  const startedAt = Date.now();
  const { tableNames } = await readServerlessYml(SERVERLESS_YML, stage);
  const reader = createTableReader({ dynamodb, segments, readUnitsPerSecond, signal });
  const { onFinding } = reporter;
  try {
    const verdict = await verifyTables(reader, {
      tableNames,
      signal,
      onFinding,
      onProgress: bar?.update,
    });
    bar?.stop();
    const durationMs = Date.now() - startedAt;
    reporter.onVerdict(verdict, { readUnits: reader.readUnits(), durationMs });
    return verdict;
  } finally {
    reader.close();
  }
}

async function repair(
  { affected }: Verdict,
  { config, dynamodb }: AppSettings,
  { signal, reporter }: VerifyParts,
): Promise<boolean> {
  const app = createApp(config, { dynamodb });
  let loaded = 0;
  for await (const one of repairPlaylists(app, affected, signal)) {
    if (one.isLoaded) loaded += 1;
    reporter.onRepair(one);
  }
  reporter.onRepaired(loaded, affected.length);
  return loaded === affected.length;
}
