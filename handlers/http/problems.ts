/** Errors as problem documents (RFC 9457). */
import { ERRORS, type ErrorCode, EtlError } from '../../etl/errors.ts';
import type { Problem } from '../../etl/model/problem.ts';

/** An unknown error is answered without its message: the log has it, under the run's ID. */
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
  const { kind, status, title } = ERRORS[code];
  const type = `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title, status, detail, code, kind, run_id: runId };
}
