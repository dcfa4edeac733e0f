/** Ours: the packaged function, called as API Gateway would, the first time with its load. Arguments: file, playlist ID, repeats. */
import { createRequire } from 'node:module';
import type { handler } from '../../handlers/ingest.ts';
import { measure } from './measure.ts';

type Packaged = { readonly handler: typeof handler };

const FIFTEEN_MINUTES_MS = 900_000;

const [, , packagedPath = '', playlistId = '', repeats] = process.argv;
const require = createRequire(packagedPath);

// A second `require` of the same file costs nothing.
void measure(
  () =>
    (require(packagedPath) as Packaged).handler(
      { multiValueQueryStringParameters: { playlist_uri: [playlistId] } },
      { awsRequestId: 'bench', getRemainingTimeInMillis: () => FIFTEEN_MINUTES_MS },
    ),
  Number(repeats),
);
