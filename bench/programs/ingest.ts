/** Ours: the packaged function, called once as API Gateway would. Arguments: the file, the playlist's ID. */
import { createRequire } from 'node:module';
import { type handler } from '../../handlers/ingest.ts';
import { measure } from './measure.ts';

type Handler = typeof handler;

const FIFTEEN_MINUTES_MS = 900_000;

const [, , packagedPath = '', playlistId = ''] = process.argv;
const packaged = createRequire(packagedPath)(packagedPath) as { readonly handler: Handler };

void measure(() =>
  packaged.handler(
    { multiValueQueryStringParameters: { playlist_uri: [playlistId] } },
    { awsRequestId: 'bench', getRemainingTimeInMillis: () => FIFTEEN_MINUTES_MS },
  ),
);
