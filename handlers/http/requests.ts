import type { APIGatewayProxyEvent } from 'aws-lambda';
import { EtlError } from '../../etl/errors.ts';
import { playlistRefSchema } from '../../etl/model/ids.ts';

/** The part of API Gateway's event that has the query. */
export type QueryEvent = Pick<APIGatewayProxyEvent, 'multiValueQueryStringParameters'>;
export type ApiEvent = QueryEvent & Partial<Pick<APIGatewayProxyEvent, 'pathParameters'>>;

const PARAMETER = 'playlist_uri';

/**
 * The playlist ID of a request.
 *
 * @throws EtlError `INVALID_PLAYLIST_URI` if there is none, several or a malformed one; the message does not repeat it
 */
export function parsePlaylistId({ multiValueQueryStringParameters }: QueryEvent): string {
  const values = multiValueQueryStringParameters?.[PARAMETER] ?? [];
  if (values.length !== 1) {
    throw invalid(
      values.length === 0 ? 'is missing' : `is given ${values.length} times`,
      'Give one playlist: its link, its URI or its ID.',
    );
  }
  const parsed = playlistRefSchema.safeParse(values[0]);
  if (parsed.success) return parsed.data;
  throw invalid('is not a playlist', parsed.error.issues[0]?.message ?? '');
}

const MAX_REQUESTS = 300;

/**
 * The number of calls that a request allows, from 1 to 300; undefined without a limit.
 *
 * @throws EtlError `INVALID_REQUEST` if there are several or a malformed one
 */
export function parseMaxRequests({
  multiValueQueryStringParameters,
}: QueryEvent): number | undefined {
  const values = multiValueQueryStringParameters?.max_requests ?? [];
  if (values.length === 0) return undefined;
  const [value = ''] = values;
  const count = Number(value);
  const isCount = /^[1-9]\d{0,2}$/.test(value) && count <= MAX_REQUESTS;
  if (values.length === 1 && isCount) return count;
  throw new EtlError(
    'INVALID_REQUEST',
    `The query parameter max_requests is not a whole number from 1 to ${MAX_REQUESTS}. Give it once, or leave it out.`,
  );
}

function invalid(fault: string, advice: string): EtlError {
  return new EtlError(
    'INVALID_PLAYLIST_URI',
    `The query parameter ${PARAMETER} ${fault}. ${advice}`,
  );
}
