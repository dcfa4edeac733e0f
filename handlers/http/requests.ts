import type { APIGatewayProxyEvent } from 'aws-lambda';
import { SkippableError } from '../../etl/errors.ts';
import { playlistRefSchema } from '../../etl/model/ids.ts';

/** What of API Gateway's event a request is read from. */
export type QueryEvent = Pick<APIGatewayProxyEvent, 'multiValueQueryStringParameters'>;

const PARAMETER = 'playlist_uri';
const ACCEPTED_FORMS =
  'spotify:playlist:<id>, https://open.spotify.com/playlist/<id>, or the bare ID of 22 letters and digits';

/**
 * The ID of the one playlist a request names.
 *
 * @throws SkippableError `INVALID_PLAYLIST_URI` where none, several or a malformed one is named; the message does not repeat it
 */
export function parsePlaylistId({ multiValueQueryStringParameters }: QueryEvent): string {
  const values = multiValueQueryStringParameters?.[PARAMETER] ?? [];
  if (values.length !== 1) {
    throw invalid(values.length === 0 ? 'is missing' : `is given ${values.length} times`);
  }
  const parsed = playlistRefSchema.safeParse(values[0]);
  if (!parsed.success) throw invalid('is not a Spotify playlist');
  return parsed.data;
}

function invalid(fault: string): SkippableError {
  return new SkippableError(
    'INVALID_PLAYLIST_URI',
    `The query parameter ${PARAMETER} ${fault}. Give it once, as ${ACCEPTED_FORMS}.`,
  );
}
