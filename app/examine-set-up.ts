import type { Run } from '../etl/model/summaries.ts';
import { systemClock } from '../lib/system-clock.ts';
import { createDocumentClient, type DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import type { Config } from './config.ts';
import type { Examination } from './examination.ts';
import { examine } from './examine.ts';
import { meteredRun } from './metered-run.ts';
import { startSpotify } from './spotify-session.ts';

/**
 * Looks at everything a run needs, with at most five requests to Spotify. Finds faults instead of throwing them. `isClearing`
 * ends a cooldown first. It is not part of the app, because no function needs it.
 */
export function examineSetUp(
  config: Config,
  dynamodb: DynamodbSettings,
  { isClearing, ...run }: Run & { readonly isClearing: boolean },
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
    examine({ ...stores, config, client, clock: systemClock, isClearing }, spotify, run),
  );
}
