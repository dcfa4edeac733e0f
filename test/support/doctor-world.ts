/** A machine on which `spotify-etl doctor` is run: its own Spotify, its own login, and tables shared by all that differ in their app. */
import * as z from 'zod';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import type { Login } from '../../spotify/login/token-store.ts';
import { createLoginProgram, type Finished, type LoginProgram } from './login-program.ts';

export const SCOPES = ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'];

const reportSchema = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'fault', 'unknown']),
      message: z.string().min(1),
      fix: z.string().min(1).optional(),
    }),
  ),
  spotify_requests: z.number(),
});

export type Report = z.infer<typeof reportSchema>;

/** What a run said, once it was seen to keep what the command promises in every case. */
export type Diagnosis = Finished & {
  readonly report: Report;
  /** Requests that reached Spotify, for tokens too. */
  readonly paths: readonly string[];
  /** `status: message → fix` of a check; undefined where there is none. */
  readonly of: (name: string) => string | undefined;
  /** Names of what is at fault. */
  readonly faults: readonly string[];
};

export type DoctorWorld = {
  readonly spotify: SpotifySimulator;
  readonly program: LoginProgram;
  readonly clientId: string;
  /** Logs in, and stores it as `login` does, but for what is given. */
  logIn: (but?: Partial<Login>, scopes?: readonly string[]) => Promise<Login>;
  /** `doctor --stage local --json`, with further arguments and variables. */
  diagnose: (env?: Readonly<Record<string, string>>, ...args: string[]) => Promise<Diagnosis>;
  close: () => Promise<void>;
};

let worlds = 0;

export async function createDoctorWorld(
  dynamodbPort: string,
  options: SimulatorOptions = {},
): Promise<DoctorWorld> {
  worlds += 1;
  const clientId = `app-${worlds}`;
  const spotify = await startSpotifySimulator({
    credentials: { clientId, clientSecret: 'canary-secret', refreshToken: 'canary-refresh' },
    ...options,
  });
  const program = await createLoginProgram(spotify);
  return {
    spotify,
    program,
    clientId,
    logIn: async (but = {}, scopes = SCOPES) => {
      const { refreshToken } = await logInAnew(spotify, {
        scope: scopes.join(' '),
        usesPkce: true,
      });
      const { accountId, id } = spotify.catalogue.user;
      const login = {
        refresh_token: refreshToken,
        client_id: clientId,
        authorized_at: new Date().toISOString(),
        scopes: [...scopes],
        account_id: accountId,
        user_id: id,
        ...but,
      };
      await program.writeLogin(login);
      return login;
    },
    diagnose: async (env = {}, ...args) => {
      spotify.clearRequests();
      const finished = await program.start(['doctor', '--stage', 'local', '--json', ...args], {
        env: { DYNAMODB_PORT: dynamodbPort, ...env },
      }).finished;
      return toDiagnosis(finished, spotify);
    },
    close: async () => {
      await Promise.all([spotify.close(), program.remove()]);
    },
  };
}

function toDiagnosis(finished: Finished, spotify: SpotifySimulator): Diagnosis {
  expect(finished.stderr).toBe('');
  expect(finished.stdout).not.toMatch(/canary|\n {4}at /);
  const report = reportSchema.parse(JSON.parse(finished.stdout));
  const paths = spotify.requests().map(({ path }) => path);
  const faults = report.checks.filter(({ status }) => status === 'fault');
  expect(paths.length).toBeLessThanOrEqual(5);
  expect(report.spotify_requests).toBe(paths.length);
  expect(report.ok).toBe(faults.length === 0);
  expect(finished.code).toBe(faults.length === 0 ? 0 : 1);
  for (const check of report.checks) {
    expect([check.name, check.fix !== undefined]).toEqual([
      check.name,
      ['fault', 'warning'].includes(check.status),
    ]);
  }
  return {
    ...finished,
    report,
    paths,
    faults: faults.map(({ name }) => name),
    of: (name) => {
      const check = report.checks.find((one) => one.name === name);
      if (check === undefined) return undefined;
      const fix = check.fix === undefined ? '' : ` → ${check.fix}`;
      return `${check.status}: ${check.message}${fix}`;
    },
  };
}
