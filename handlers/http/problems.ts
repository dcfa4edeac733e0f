/** The one table from errors to HTTP: which status and title each code is answered with (RFC 9457). */
import { type ErrorCode, EtlError } from '../../etl/errors.ts';

type ProblemKind = { readonly status: number; readonly title: string };

const PROBLEMS = {
  INVALID_REQUEST: { status: 400, title: 'A parameter cannot be read' },
  INVALID_PLAYLIST_URI: { status: 400, title: 'Not a playlist URI' },
  PLAYLIST_NOT_READABLE: { status: 403, title: 'Spotify keeps its items back' },
  APP_NOT_PERMITTED: { status: 403, title: 'Spotify does not permit this app' },
  SCOPE_MISSING: { status: 403, title: 'The token lacks a scope' },
  PLAYLIST_NOT_FOUND: { status: 404, title: 'No such playlist' },
  SPOTIFY_MADE_PLAYLIST: { status: 404, title: 'Made by Spotify, served to no new app' },
  PLAYLIST_KEEPS_CHANGING: { status: 409, title: 'The playlist keeps changing' },
  NEWER_RUN_WON: { status: 409, title: 'A newer run has loaded it' },
  PLAYLIST_TOO_LARGE: { status: 413, title: 'Larger than a table row can be' },
  ROW_REFUSED: { status: 422, title: 'A row that no table takes' },
  SPOTIFY_UNAVAILABLE: { status: 502, title: 'Spotify does not answer' },
  SPOTIFY_RESPONSE_INVALID: { status: 502, title: "Spotify's answer cannot be used" },
  SPOTIFY_RATE_LIMITED: { status: 503, title: 'Spotify asks for slower requests' },
  SPOTIFY_QUOTA_EXCEEDED: { status: 503, title: "Spotify's daily quota is used up" },
  SPOTIFY_BUDGET_SPENT: { status: 503, title: "The day's budget of calls is spent" },
  PLAYLIST_OVER_BUDGET: { status: 503, title: 'More calls than the budget has left' },
  RUN_OUT_OF_TIME: { status: 503, title: 'The time of the run was up' },
  REAUTH_REQUIRED: { status: 503, title: 'A new Spotify login is needed' },
  TOKEN_STORE_UNAVAILABLE: { status: 503, title: 'The login cannot be read' },
  TABLE_UNAVAILABLE: { status: 503, title: 'The tables do not answer' },
  TABLE_THROTTLED: { status: 503, title: 'A table is out of capacity' },
  LOAD_INCOMPLETE: { status: 500, title: 'Some rows would not land' },
  CONFIG_INVALID: { status: 500, title: 'The service is not set up' },
  INTERNAL: { status: 500, title: 'A defect of this program' },
} as const satisfies Record<ErrorCode | 'INTERNAL', ProblemKind>;

/** A problem document (RFC 9457). `code` is stable: programs may branch on it. */
export type Problem = {
  /** A name, not a page: a URN made of the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: keyof typeof PROBLEMS;
  readonly run_id: string;
  readonly [fact: string]: string | number | boolean;
};

/** What is told of an error. Of an unknown one nothing but the run, under which the log has the rest. */
export function toProblem(error: unknown, runId: string): Problem {
  if (!(error instanceof EtlError)) {
    return problem('INTERNAL', {
      detail: `Something unforeseen went wrong. The log has the details under run ${runId}.`,
      runId,
    });
  }
  if (error.code === 'CONFIG_INVALID') {
    return problem('CONFIG_INVALID', {
      detail: `The service lacks configuration. The log says what is missing, under run ${runId}.`,
      runId,
    });
  }
  return { ...error.facts, ...problem(error.code, { detail: error.message, runId }) };
}

function problem(
  code: Problem['code'],
  { detail, runId }: { readonly detail: string; readonly runId: string },
): Problem {
  const { status, title } = PROBLEMS[code];
  const type = `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title, status, detail, code, run_id: runId };
}
