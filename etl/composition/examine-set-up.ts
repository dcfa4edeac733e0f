import type { Config } from '../config.ts';
import { createDocumentClient, type DynamodbSettings } from '../dynamodb/document-client.ts';
import type { Examination } from '../model/examination.ts';
import type { Run } from '../model/summaries.ts';
import { examine } from './examine.ts';
import { startSpotify } from './spotify-session.ts';
import { systemClock } from './system-clock.ts';
import { meteredRun } from './with-spotify.ts';

/**
 * Looks at everything a run needs, with at most five requests to Spotify. Finds faults instead of throwing them. It is not part of
 * the app, because no function needs it.
 */
export function examineSetUp(
  config: Config,
  dynamodb: DynamodbSettings,
  run: Run,
): Promise<Examination> {
  const client = createDocumentClient({ ...dynamodb, maxAttempts: 1 });
  const { session, ...stores } = startSpotify(config, {
    client,
    clock: systemClock,
    aws: { region: dynamodb.region, profile: dynamodb.profile },
    onStateUnavailable: () => undefined,
    isRepeating: false,
  });
  return meteredRun({ session, memoryMb: config.memoryMb, run }, (spotify) =>
    examine({ ...stores, config, client, clock: systemClock }, spotify, run),
  );
}
