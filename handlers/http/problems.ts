/** Errors as problem documents (RFC 9457). */
import { ERRORS, type ErrorCode, EtlError } from '../../etl/errors.ts';

/** A problem document (RFC 9457). `code` is stable: programs may branch on it. */
export type Problem = {
  /** A name, not a page: a URN made of the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
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
  code: ErrorCode,
  { detail, runId }: { readonly detail: string; readonly runId: string },
): Problem {
  const { status, title } = ERRORS[code];
  const type = `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title, status, detail, code, run_id: runId };
}
