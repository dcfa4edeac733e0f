import type { Config } from '../config.ts';
import { createDocumentClient, type DynamodbSettings } from '../dynamodb/document-client.ts';
import type { Examination } from '../model/examination.ts';
import type { Run } from '../model/summaries.ts';
import { examine } from './examine.ts';
import { startSpotify } from './spotify-session.ts';
import { systemClock } from './system-clock.ts';
import { withSpotify } from './with-spotify.ts';

/**
 * Looks at everything a run needs, with five requests to Spotify at most. Finds faults instead of throwing them. `isClearing`
 * ends a cooldown first. It stands apart from the app, because no function needs it.
 */
export function examineSetUp(
  config: Config,
  dynamodb: DynamodbSettings,
  { isClearing, ...run }: Run & { readonly isClearing: boolean },
): Promise<Examination> {
  const client = createDocumentClient({ ...dynamodb, maxAttempts: 1 });
  const warnings: string[] = [];
  const { session, ...stores } = startSpotify(config, {
    client,
    clock: systemClock,
    aws: { region: dynamodb.region, profile: dynamodb.profile },
    onStateUnavailable: () => undefined,
    onWarning: (warning) => warnings.push(warning),
    isRepeating: false,
  });
  const { memoryMb } = config;
  return withSpotify(session, { run, warnings, memoryMb, isAnnouncing: false }, (spotify) =>
    examine({ ...stores, config, client, clock: systemClock, isClearing }, spotify, run),
  );
}
