import { openBucket } from '../../app/bucket.ts';
import { parsePlaylists } from '../../trigger/playlists-file.ts';
import { findCredentials } from '../../trigger/request-signer.ts';
import { readVariable } from '../shared/dynamodb-settings.ts';
import type { AwsPlace } from './aws-query.ts';

export type FileFindings = { readonly rows: number; readonly pending: number };

/**
 * Reads the playlists file of the schedule; undefined where there is none.
 *
 * @throws UsageError where it is not like one
 */
export async function findPlaylistsFile(
  bucket: string,
  { environment, profile, region }: AwsPlace,
): Promise<FileFindings | undefined> {
  const open = openBucket({
    bucket,
    region,
    endpoint:
      readVariable(environment, 'AWS_ENDPOINT_URL_S3') ??
      readVariable(environment, 'AWS_ENDPOINT_URL'),
    credentials: await findCredentials(profile),
  });
  const version = await open('playlists.csv').find();
  if (version === undefined) return undefined;
  const { rows } = parsePlaylists(version.body);
  return { rows: rows.length, pending: rows.filter(({ isSent }) => !isSent).length };
}
