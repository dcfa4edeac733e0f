/** What a deploy needs on this machine and in its environment. Pure. */
import { type Check, fault, ok, warning } from '../doctor/check.ts';
import { DEFAULT_REGION, type Environment, readVariable } from '../shared/dynamodb-settings.ts';

/** Node's version, and the oldest that will do, as `20.19.0`. */
export function nodeCheck(version: string, oldest: string): Check {
  const isNewEnough = version.localeCompare(oldest, 'en', { numeric: true }) >= 0;
  return isNewEnough
    ? ok('Node', `${version}; ${oldest} or newer will do.`)
    : fault(
        'Node',
        `${version} is too old: ${oldest} or newer is needed.`,
        'Install a newer one, then npm ci.',
      );
}

/** A package that a deploy loads: the version that package-lock.json names, and the one installed. */
export type NeededPackage = {
  readonly name: string;
  readonly locked: string | undefined;
  readonly installed: string | undefined;
};

export function dependenciesCheck(needed: readonly NeededPackage[]): Check {
  const missing = needed.filter(({ installed }) => installed === undefined);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    return fault('dependencies', `Not installed: ${names}.`, 'Run npm ci.');
  }
  const other = needed.filter(({ installed, locked }) => installed !== locked);
  return other.length === 0
    ? ok('dependencies', 'Installed, as package-lock.json has them.')
    : warning(
        'dependencies',
        `Not as package-lock.json has them: ${other.map(({ name }) => name).join(', ')}.`,
        'Run npm ci.',
      );
}

const DASHBOARD = 'https://developer.spotify.com/dashboard';

export function clientIdCheck(clientId: string | undefined): Check {
  const fix = `Put SPOTIFY_CLIENT_ID=… into .env; the page of your app at ${DASHBOARD} shows it.`;
  if (clientId === undefined) {
    return fault(
      'client ID',
      'SPOTIFY_CLIENT_ID is not set: the functions get it by the deploy.',
      fix,
    );
  }
  return /^[0-9a-f]{32}$/i.test(clientId)
    ? ok('client ID', `${clientId}.`)
    : fault(
        'client ID',
        'SPOTIFY_CLIENT_ID is no client ID: those are 32 hexadecimal digits.',
        fix,
      );
}

/** Serverless takes --region, then AWS_REGION, and nothing else. */
export function regionCheck(given: string | undefined, environment: Environment): Check {
  const region = given ?? readVariable(environment, 'AWS_REGION');
  const other = readVariable(environment, 'AWS_DEFAULT_REGION');
  const fix = 'Set AWS_REGION in .env, as eu-central-1.';
  if (region === undefined) {
    const unseen = other === undefined ? '' : ` AWS_DEFAULT_REGION (${other}) is not looked at.`;
    return warning('region', `None is set: the deploy goes to ${DEFAULT_REGION}.${unseen}`, fix);
  }
  return isRegion(region)
    ? ok('region', `${region}.`)
    : fault('region', `${region} is no region of AWS.`, fix);
}

export function isRegion(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(text);
}

type Parameters = Readonly<Record<string, string | number>>;

const HOURS: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** The form of the schedule, as a wrong one fails the deploy only at its end, and whether the alarm on it has the patience. */
export function scheduleFault(parameters: Parameters): Check | undefined {
  const { schedule, scheduleState, walkMissingAfterHours } = parameters;
  const fix = 'Correct it under params in serverless.yml.';
  if (!/^(?:rate|cron|at)\(.+\)$/.test(String(schedule))) {
    return fault('schedule', `${schedule} is none: rate(1 day) and cron(0 4 * * ? *) are.`, fix);
  }
  if (scheduleState === 'DISABLED') return undefined;
  if (scheduleState !== 'ENABLED') {
    return fault(
      'schedule',
      `scheduleState is ${scheduleState}, neither ENABLED nor DISABLED.`,
      fix,
    );
  }
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(schedule)) ?? [];
  return Number(count) * (HOURS[unit] ?? 0) > Number(walkMissingAfterHours)
    ? warning(
        'schedule',
        `${schedule} is longer than walkMissingAfterHours (${walkMissingAfterHours}): the alarm walk-missing would go off between walks.`,
        'Raise walkMissingAfterHours under params in serverless.yml, at most to 168.',
      )
    : undefined;
}
