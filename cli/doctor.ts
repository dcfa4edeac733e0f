/** `spotify-etl doctor`: checks the set-up. */
import { randomUUID } from 'node:crypto';
import pc from 'picocolors';
import { examineSetUp } from '../app/app.ts';
import { settle } from '../lib/result.ts';
import { messageOf } from '../lib/usage-error.ts';
import { type Checks, fault, ok, type Verdict } from './doctor/check.ts';
import { loginChecks } from './doctor/login-checks.ts';
import { toClearCommand, toLoginPlace } from './doctor/login-place.ts';
import { has, report } from './doctor/report.ts';
import { spotifyChecks } from './doctor/spotify-checks.ts';
import { judgeTables, quotaChecks } from './doctor/state-checks.ts';
import { readAppSettings } from './shared/app-settings.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { codeOf } from './shared/failures.ts';
import { storeOption, tableOptions } from './shared/options.ts';
import { quantity } from './shared/terminal.ts';

const options = {
  ...tableOptions,
  store: storeOption(),
  clearCooldown: flag(
    '--clear-cooldown',
    'end a cooldown first, although Spotify asked to wait longer',
  ),
  json: flag('--json', 'print the findings as JSON'),
};
type Options = OptionsOf<typeof options>;

const RUN_MS = 60_000;
/** A person is waiting. */
const TABLE_MS = 2_000;

export const command = defineCommand({
  name: 'doctor',
  description:
    'Checks app, login, scopes, readable playlists, quota, tables and clock. Makes at most five requests to Spotify.',
  options,
  help: [
    'Examples:',
    '  spotify-etl doctor --stage local         this machine, with npm run local in another terminal',
    '  spotify-etl doctor --stage dev           a deployed stage, with your AWS credentials',
    '  spotify-etl doctor --stage dev --clear-cooldown',
    '  spotify-etl doctor --json | jq .checks',
    '',
    'Exit codes: 0 it works, 1 there is something to fix, 2 wrong usage.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const { checks, requests } = await diagnose(given);
  const cost = `${quantity(requests, 'request')} to Spotify.`;
  return report(checks, {
    json: given.json,
    facts: { spotify_requests: requests },
    toFix: `to fix. ${cost}`,
    passed: has(checks, 'warning')
      ? pc.yellow(`It works, but see the lines marked with !. ${cost}`)
      : pc.green(`All is well. ${cost}`),
  });
}

async function diagnose(
  given: Options,
): Promise<{ readonly checks: Checks; readonly requests: number }> {
  const settings = await settle(() => readAppSettings(given, process.env));
  if (!settings.ok) {
    return { checks: { environment: judgeEnvironment(settings.error) }, requests: 0 };
  }
  const { config, dynamodb } = settings.value;
  const place = toLoginPlace(given, settings.value, process.env);
  const examination = await examineSetUp(
    config,
    { ...dynamodb, requestTimeoutMs: TABLE_MS },
    {
      runId: randomUUID(),
      deadlineAt: Date.now() + RUN_MS,
      isClearing: given.clearCooldown,
    },
  );
  if (place.isSimulated === true && codeOf(examination.spotify) === 'SPOTIFY_UNAVAILABLE') {
    return { checks: { 'local stack': NOTHING_RUNS }, requests: examination.requests };
  }
  const checks = {
    'client ID': ok(`${config.spotify.credentials.clientId}.`),
    ...loginChecks(examination, place),
    ...quotaChecks(examination, toClearCommand(given)),
    ...spotifyChecks(examination, place.logIn),
    tables: judgeTables(examination, { stage: given.stage, dynamodb }),
  };
  return { checks, requests: examination.requests };
}

const NOTHING_RUNS = fault(
  'It is not running, and no Spotify app of yours is set up.',
  'Run npm run local in another terminal for the simulated Spotify, or npx spotify-etl login for your own.',
);

/** The message names every wrong variable. */
function judgeEnvironment(error: unknown): Verdict {
  if (codeOf({ ok: false, error }) !== 'CONFIG_INVALID') throw error;
  return fault(
    messageOf(error),
    'Correct that in .env; the page of your app at https://developer.spotify.com/dashboard shows SPOTIFY_CLIENT_ID. Then run npx spotify-etl login.',
  );
}
