/** Errors as problem documents (RFC 9457). */
import { ERRORS, EtlError } from '../../etl/errors.ts';
import type { Problem } from '../../etl/model/problem.ts';
import { visible } from '../../lib/plain-text.ts';

/** An unknown error is answered without its message: the log has it, under the run's ID. */
export function toProblem(error: unknown, runId: string): Problem {
  const isForeseen = error instanceof EtlError;
  const code = isForeseen ? error.code : 'INTERNAL';
  const { kind, status, title } = ERRORS[code];
  const type = `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  const about = { type, title, status, code, kind, run_id: runId };
  if (!isForeseen) {
    const detail = `An unexpected error happened. The log has the details under run ${runId}.`;
    return { ...about, detail };
  }
  if (code !== 'CONFIG_INVALID')
    return { ...error.facts, ...about, detail: visible(error.message) };
  const detail = `Configuration is missing. The log says which, under run ${runId}.`;
  return { ...about, detail };
}
