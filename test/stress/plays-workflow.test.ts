/** The workflow that collects plays on GitHub, step by step, with a Spotify and a libSQL server of our own. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { createPlaysJustNow } from '../../local/simulator/listeners.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import { cloneRepository, createShell, type Finished } from '../deploy/shell.ts';
import { createLoginProgram, decide } from '../support/login-program.ts';
import { findLeaks } from '../support/secret-search.ts';
import { hasSqld, type Sqld, startSqld } from '../support/sqld.ts';

const texts = z.record(z.string(), z.string());
const stepSchema = z.strictObject({
  id: z.optional(z.string()),
  if: z.optional(z.string()),
  uses: z.optional(z.string()),
  with: z.optional(z.record(z.string(), z.unknown())),
  run: z.optional(z.string()),
  env: z.optional(texts),
});
type Step = z.output<typeof stepSchema>;

const workflowSchema = z.object({
  jobs: z.object({
    collect: z.object({ if: z.string(), steps: z.array(stepSchema) }),
  }),
});

const HOUR_MS = 3_600_000;
const INSTALL = 'npm ci --ignore-scripts';

const [onServer, skipped] = hasSqld
  ? [describe, '']
  : [describe.skip, ' (skipped: no sqld for this machine)'];
onServer(`the workflow plays${skipped}`, () => {
  let spotify: SpotifySimulator;
  let sqld: Sqld;
  let steps: readonly Step[];
  let secrets: Record<string, string>;
  let cache: string;
  let nowMs = Date.now() - 24 * HOUR_MS;

  beforeAll(async () => {
    spotify = await startSpotifySimulator({ now: () => nowMs });
    sqld = await startSqld();
    const workflow: unknown = parse(await readFile('.github/workflows/plays.yml', 'utf8'));
    const { collect } = workflowSchema.parse(workflow).jobs;
    expect(collect.if).toBe("vars.COLLECT_PLAYS == 'on'");
    ({ steps } = collect);
    const { clientId, clientSecret } = spotify.credentials;
    secrets = {
      SPOTIFY_CLIENT_ID: clientId,
      SPOTIFY_CLIENT_SECRET: clientSecret,
      SPOTIFY_REFRESH_TOKEN: await printLogin(spotify),
      TURSO_DATABASE_URL: sqld.url,
      TURSO_AUTH_TOKEN: `canary-${randomUUID()}`,
    };
    cache = await mkdtemp(join(tmpdir(), 'spotify-etl-cache-'));
  });
  afterAll(async () => {
    await Promise.all([spotify.close(), sqld.close()]);
    await rm(cache, { recursive: true });
  });

  /** One run on a machine that nobody has used; of other runs it has the cache alone. */
  async function runWorkflow(): Promise<Finished & { readonly ran: readonly string[] }> {
    const folder = await cloneRepository();
    const shell = createShell(folder, {
      // As actions/setup-node does.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      SPOTIFY_API_URL: spotify.url,
      SPOTIFY_ACCOUNTS_URL: spotify.url,
    });
    const outputs: Record<string, string> = {};
    const ran: string[] = [];
    let last: Finished = { code: 0, output: '' };
    let log = '';
    for (const step of steps) {
      if (last.code !== 0 || (step.if !== undefined && !isMet(step.if, outputs))) continue;
      if (step.id !== undefined && isCache(step)) {
        outputs[`steps.${step.id}.outputs.cache-hit`] = String(
          await copyBuilt(step, cache, folder),
        );
      }
      if (step.run === undefined) continue;
      ran.push(step.run);
      // The packages that it would install are those of this checkout.
      const line = step.run.replace(INSTALL, `ln -s '${resolve('node_modules')}' node_modules`);
      last = await shell.run(`set -eo pipefail; ${line}`, toEnvironment(step, secrets));
      log += last.output;
    }
    if (last.code === 0) {
      for (const step of steps.filter(isCache)) await copyBuilt(step, folder, cache);
    }
    await rm(folder, { recursive: true });
    return { ran, output: log, code: last.code };
  }

  const storedPlays = async (): Promise<unknown> => {
    const database = openDatabase(sqld.url);
    const sql =
      'SELECT ended_at AS playedAtMs, substr(uri, 15) AS trackId FROM play JOIN item USING (item_id) ORDER BY ended_at';
    const [rows] = await database.run([{ sql }], 10_000);
    await database.close();
    return rows;
  };

  test('stores the plays of each run, builds once, and says nothing', async () => {
    const runs: Awaited<ReturnType<typeof runWorkflow>>[] = [];
    for (let run = 0; run < 3; run += 1) {
      nowMs += HOUR_MS;
      spotify.addPlays(createPlaysJustNow(spotify.catalogue, { count: 40, nowMs }));
      runs.push(await runWorkflow());
      const truth = spotify.plays().map(({ playedAtMs, trackId }) => ({ playedAtMs, trackId }));
      expect(await storedPlays()).toEqual(truth);
    }

    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(runs.map(({ ran }) => ran.length)).toEqual([2, 1, 1]);
    // The version of the program that was built.
    expect(runs.map(({ output }) => output)).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      '',
      '',
    ]);
  });

  test('fails where the login has ended, and goes on with a new one or where Spotify says later', async () => {
    spotify.revokeLogins();
    const ended = await runWorkflow();
    const before = new Set([secrets.SPOTIFY_REFRESH_TOKEN ?? '']);
    secrets.SPOTIFY_REFRESH_TOKEN = await printLogin(spotify);
    const again = await runWorkflow();
    spotify.configure({ quota: 0 });
    const later = await runWorkflow();

    expect(ended).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^✖ .*npx spotify-etl login.*\n$/),
    });
    expect(again).toMatchObject({ code: 0, output: '' });
    expect(later).toMatchObject({ code: 0, output: expect.stringMatching(/^✖ .*\n$/) });
    const log = ended.output + later.output;
    const { TURSO_DATABASE_URL, ...hidden } = secrets;
    const kinds = Object.entries(hidden).map(([kind, one]) => [kind, new Set([one])] as const);
    const known = new Map([...kinds, ['the login before', before] as const]);
    expect(findLeaks([{ where: 'the log', text: log }], known)).toEqual([]);
    expect(namesOf(spotify).filter((name) => log.includes(name))).toEqual([]);
  });
});

/** Of everything that was played, and its artists. */
function namesOf({ catalogue: { artists, tracks }, plays }: SpotifySimulator): string[] {
  const names = plays().flatMap(({ trackId }) => {
    const { artistIds = [], name = '' } = tracks.get(trackId) ?? {};
    return [name, ...artistIds.map((id) => artists.get(id)?.name ?? '')];
  });
  return names.filter((name) => name !== '');
}

/** As docs/listening.md says, but into a variable. */
async function printLogin(spotify: SpotifySimulator): Promise<string> {
  const person = await createLoginProgram(spotify);
  const env = { SPOTIFY_CLIENT_SECRET: spotify.credentials.clientSecret };
  const args = ['login', '--no-browser', '--for', 'listening', '--with-secret', '--print'];
  const { address, finished } = person.start(args, { env });
  await fetch(await decide(await address));
  const { stdout } = await finished;
  await person.remove();
  return stdout.trimEnd();
}

/** The one form of condition that the workflow has. */
function isMet(condition: string, outputs: Readonly<Record<string, string>>): boolean {
  const [, name = '', value] = /^([\w.-]+) != '(\w+)'$/.exec(condition) ?? [];
  if (value === undefined) throw new Error(`This test does not know the condition ${condition}.`);
  return outputs[name] !== value;
}

function toEnvironment({ env = {} }: Step, secrets: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{\{ secrets\.(\w+) \}\}/g, (_, secret: string) => {
        const given = secrets[secret];
        if (given === undefined) throw new Error(`docs/listening.md does not set ${secret}.`);
        return given;
      }),
    ]),
  );
}

const isCache = ({ uses }: Step): boolean => uses?.startsWith('actions/cache@') === true;

/** Whether the file that a step caches is there, and is copied. */
async function copyBuilt({ with: given }: Step, from: string, to: string): Promise<boolean> {
  const path = String(given?.path);
  await mkdir(dirname(join(to, path)), { recursive: true });
  return copyFile(join(from, path), join(to, path)).then(
    () => true,
    () => false,
  );
}
