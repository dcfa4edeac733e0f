/** What a deploy needs on this machine and in its environment. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { SERVERLESS_YML } from '../../stack/serverless-yml.ts';
import { fault, ok, type Verdict, warning } from '../doctor/check.ts';
import { DEFAULT_REGION, type Environment, readVariable } from '../shared/dynamodb-settings.ts';

/** `oldest` such as `22.13.0`. */
export function judgeNode(version: string, oldest: string): Verdict {
  const needs = `needs ${oldest.replace(/\.0$/, '')} or newer`;
  return version.localeCompare(oldest, 'en', { numeric: true }) >= 0
    ? ok(`${version} (${needs}).`)
    : fault(`${version} is too old (${needs}).`, 'Install a newer one, then npm ci.');
}

/** A package that a deploy loads: the version that package-lock.json names, and the one installed. */
export type NeededPackage = {
  readonly name: string;
  readonly locked: string | undefined;
  readonly installed: string | undefined;
};

const packageSchema = z.object({ version: z.optional(z.string()) });
const manifestSchema = z.object({ engines: z.object({ node: z.string() }) });
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

/** The packages of this checkout that a deploy needs, and the oldest supported Node, such as `22.13.0`. */
export async function findInstallation(
  plugins: readonly string[],
): Promise<{ readonly oldestNode: string; readonly packages: readonly NeededPackage[] }> {
  const [manifest, lock] = await Promise.all([
    readJson('package.json', manifestSchema),
    readJson('package-lock.json', lockSchema),
  ]);
  const names = ['serverless', 'esbuild', ...plugins.filter((plugin) => !plugin.startsWith('.'))];
  const packages = names.map(async (name) => {
    const path = `node_modules/${name}`;
    const installed = await readJson(`${path}/package.json`, packageSchema).catch(() => undefined);
    return { name, locked: lock.packages[path]?.version, installed: installed?.version };
  });
  return {
    oldestNode: manifest.engines.node.replace(/^\D*/, ''),
    packages: await Promise.all(packages),
  };
}

async function readJson<Parsed>(path: string, schema: z.ZodMiniType<Parsed>): Promise<Parsed> {
  const text = await readFile(join(dirname(SERVERLESS_YML), path), 'utf8');
  return schema.parse(JSON.parse(text));
}

export function judgeDependencies(needed: readonly NeededPackage[]): Verdict {
  const fix = 'Run npm ci.';
  const list = (packages: readonly NeededPackage[]): string =>
    `${packages.map((one) => one.name).join(', ')}.`;
  const missing = needed.filter(({ installed }) => installed === undefined);
  if (missing.length > 0) return fault(`Not installed: ${list(missing)}`, fix);
  const other = needed.filter(({ installed, locked }) => installed !== locked);
  return other.length === 0
    ? ok('Installed in the versions of package-lock.json.')
    : warning(`Other versions than in package-lock.json: ${list(other)}`, fix);
}

export function judgeClientId(clientId: string | undefined): Verdict {
  if (clientId !== undefined && /^[0-9a-f]{32}$/i.test(clientId)) return ok(`${clientId}.`);
  return fault(
    clientId === undefined
      ? 'SPOTIFY_CLIENT_ID is not set. The deploy passes it to the functions.'
      : 'SPOTIFY_CLIENT_ID is not a client ID: those are 32 hexadecimal digits.',
    'Put SPOTIFY_CLIENT_ID=… into .env; the page of your app at https://developer.spotify.com/dashboard shows it.',
  );
}

/** Serverless takes --region, then AWS_REGION, and nothing else. */
export function judgeRegion(given: string | undefined, environment: Environment): Verdict {
  const region = given ?? readVariable(environment, 'AWS_REGION');
  const fix = 'Set AWS_REGION in .env, such as eu-central-1.';
  if (region === undefined) {
    const other = readVariable(environment, 'AWS_DEFAULT_REGION');
    const ignored = other === undefined ? '' : ` AWS_DEFAULT_REGION (${other}) is ignored.`;
    return warning(`Not set: the deploy uses ${DEFAULT_REGION}.${ignored}`, fix);
  }
  return isRegion(region) ? ok(`${region}.`) : fault(`${region} is not an AWS region.`, fix);
}

export function isRegion(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(text);
}

type Parameters = Readonly<Record<string, string | number>>;

const HOURS: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** A wrong schedule would fail the deploy at its end; one that is rarer than its alarm expects would set off the alarm. */
export function judgeScheduleForm(parameters: Parameters): Verdict | undefined {
  const { missingAfterHours, schedule, scheduleState } = parameters;
  const fix = 'Correct it under params in serverless.yml.';
  if (!/^(?:rate|cron|at)\(.+\)$/.test(String(schedule))) {
    return fault(`${schedule} is not a schedule such as rate(1 day) or cron(0 4 * * ? *).`, fix);
  }
  if (scheduleState === 'DISABLED') return undefined;
  if (scheduleState !== 'ENABLED') {
    return fault(`scheduleState is ${scheduleState}, neither ENABLED nor DISABLED.`, fix);
  }
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(schedule)) ?? [];
  return Number(count) * (HOURS[unit] ?? 0) > Number(missingAfterHours)
    ? warning(
        `${schedule} is longer than missingAfterHours (${missingAfterHours}): the alarm playlists-missing would go off between starts.`,
        'Raise missingAfterHours under params in serverless.yml, at most to 168.',
      )
    : undefined;
}
