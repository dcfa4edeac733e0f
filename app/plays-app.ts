/** The app of the function that collects plays: the quota's ledger is in the state table, the library on a server. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { EtlError } from '../etl/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { isNamed, toStoreError } from '../spotify/login/secret-errors.ts';
import { createSecretsClient } from '../spotify/login/secret-token-store.ts';
import type { Database } from '../stores/sqlite/database.ts';
import { Library } from '../stores/sqlite/library.ts';
import { openDatabase } from '../stores/sqlite/open-database.ts';
import { openWithStoredToken } from '../stores/sqlite/stored-token.ts';
import type { PlaysConfig } from './config.ts';
import type { LibraryApp } from './library-app.ts';
import { pollInto } from './plays.ts';
import { startOnTables } from './spotify-session.ts';

export type PlaysApp = Pick<LibraryApp, 'pollPlays'>;

/** Builds the app. The library stays open: closing it would be a request for each poll. */
export function createPlaysApp(config: PlaysConfig, clock: Clock = systemClock): PlaysApp {
  const { memoryMb } = config;
  const { session } = startOnTables(config, { clock });
  const library = new Library(openPlaysDatabase(config.library), clock);
  return {
    pollPlays: (run, options) => pollInto({ session, memoryMb, library }, run, options),
  };
}

/** A local run has the token in a variable, or a file, which needs none. */
function openPlaysDatabase({ authToken, place, tokenSecret }: PlaysConfig['library']): Database {
  const isServer = place.includes('://');
  if (!isServer || authToken !== undefined || tokenSecret === undefined) {
    return openDatabase(place, authToken);
  }
  const name = `the secret ${tokenSecret}`;
  return openWithStoredToken(place, { name, read: () => readToken(tokenSecret) });
}

async function readToken(secret: string): Promise<string> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secret });
    const { SecretString: text = '' } = await createSecretsClient({}).send(command);
    // A secret made from a file ends like the file.
    return text.trim();
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) {
      throw toStoreError(error, 'GetSecretValue', secret);
    }
    const message = `There is no secret ${secret} with the token of the library. Store it: docs/listening.md, On AWS.`;
    throw new EtlError('CONFIG_INVALID', message, { cause: error });
  }
}
