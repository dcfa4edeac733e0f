/** `spotify-etl doctor`: what is in order, what is not, and how to mend it. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import * as z from 'zod/mini';
import { examineSetUp } from '../app/app.ts';
import { EtlError } from '../etl/errors.ts';
import { type Check, fault } from './doctor/check.ts';
import { loginChecks } from './doctor/login-checks.ts';
import { toClearCommand, toLoginPlace } from './doctor/login-place.ts';
import { quotaChecks } from './doctor/quota-checks.ts';
import { checkLines, checksJson, verdictLine } from './doctor/report.ts';
import { spotifyChecks } from './doctor/spotify-checks.ts';
import { tableCheck } from './doctor/table-checks.ts';
import { type AppSettings, readAppSettings } from './shared/app-settings.ts';
import { addTableOptions, appOptionsSchema, createStoreOption } from './shared/table-options.ts';

const optionsSchema = z.object({
  ...appOptionsSchema.shape,
  json: z._default(z.boolean(), false),
  clearCooldown: z._default(z.boolean(), false),
});
type Options = z.infer<typeof optionsSchema>;

type Diagnosis = { readonly checks: readonly Check[]; readonly requests: number };

const RUN_MS = 60_000;
/** A person waits for it. */
const TABLE_MS = 2_000;

/** The command, to be added to a program. */
export function createCommand(): Command {
  const command = new Command('doctor').description(
    'Checks app, login, scopes, what may be read, quota, tables and clock. Spends five requests to Spotify at most.',
  );
  return addTableOptions(command)
    .addOption(createStoreOption())
    .option('--clear-cooldown', 'first end a cooldown: call Spotify again before it said to')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: unknown) => {
      process.exitCode = await run(optionsSchema.parse(options));
    });
}

const HELP = [
  '',
  'Examples:',
  '  spotify-etl doctor --stage local         this machine, with npm run local in another terminal',
  '  spotify-etl doctor --stage dev           what is deployed, with your AWS credentials',
  '  spotify-etl doctor --stage dev --clear-cooldown',
  '  spotify-etl doctor --json | jq .checks',
  '',
  'Exit codes: 0 it works, 1 something is to be mended, 2 wrong usage.',
].join('\n');

async function run(options: Options): Promise<number> {
  const { checks, requests } = await diagnose(options);
  if (options.json) console.log(checksJson(checks, requests));
  else {
    for (const line of checkLines(checks, process.stdout.columns)) console.log(line);
    console.log(`\n${verdictLine(checks, requests)}`);
  }
  return checks.some(({ status }) => status === 'fault') ? 1 : 0;
}

async function diagnose(options: Options): Promise<Diagnosis> {
  let settings: AppSettings;
  try {
    settings = await readAppSettings(options, process.env);
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return { checks: [environmentFault(error.message)], requests: 0 };
  }
  const { config, dynamodb } = settings;
  const place = toLoginPlace(options, settings, process.env);
  const patient = { ...dynamodb, requestTimeoutMs: TABLE_MS };
  const examination = await examineSetUp(config, patient, {
    runId: randomUUID(),
    deadlineAt: Date.now() + RUN_MS,
    isClearing: options.clearCooldown,
  });
  return {
    requests: examination.spotify_requests,
    checks: [
      { name: 'client ID', status: 'ok', message: `${config.spotify.credentials.clientId}.` },
      ...loginChecks(examination, place),
      ...quotaChecks(examination, toClearCommand(options)),
      ...spotifyChecks(examination, place.logIn),
      tableCheck(examination, { stage: options.stage, dynamodb }),
    ],
  };
}

/** Every variable at fault is named in the message; most people lack the one. */
function environmentFault(message: string): Check {
  return message.includes('SPOTIFY_CLIENT_ID is not set')
    ? fault(
        'environment',
        message,
        'Put SPOTIFY_CLIENT_ID into .env (the page of your app at https://developer.spotify.com/dashboard shows it), then run npx spotify-etl login.',
      )
    : fault('environment', message, 'Correct it in .env, or wherever it is set.');
}
