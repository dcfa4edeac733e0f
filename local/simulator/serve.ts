import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { SIMULATOR_PORT } from '../../cli/shared/simulated-spotify.ts';
import { createCatalogue, type PlaylistAccess } from './catalogue.ts';
import { createAccountFiles, createExportFiles, writeExportZip } from './export-zip.ts';
import { LISTENER_KINDS, type ListenerKind } from './listeners.ts';
import { type AppKind, type SpotifySimulator, startSpotifySimulator } from './simulator.ts';

type ServeOptions = {
  readonly port: number;
  readonly kind: AppKind;
  readonly seed: number;
  readonly likes?: number;
  readonly listener: ListenerKind;
  readonly latency: number;
  readonly quota?: number;
  readonly recorded?: string;
  readonly consent: 'page' | 'agree' | 'deny';
  readonly redirectUri?: string[];
  readonly export?: string;
  readonly exportRows: number;
  readonly exportAccount?: boolean;
};

const ACCESS_KINDS: readonly (readonly [PlaylistAccess, string])[] = [
  ['own', 'yours'],
  ['collaborative', 'shared with you'],
  ['foreign', 'public, of somebody else'],
  ['foreign-private', 'private, of somebody else'],
  ['spotify-made', 'made by Spotify'],
];
const SHOWN_PER_KIND = 2;
const EXAMPLES = `
Examples:
  npm run spotify                              a Spotify of app kind C on port 8010
  npm run spotify -- --kind A --latency 80     extended quota, 80 ms before every answer
  npm run spotify -- --quota 100               429 QUOTA_EXCEEDED from the 101st call on
  npm run spotify -- --likes 5000              a user with 5,000 Liked Songs
  npm run spotify -- --listener heavy          a user who plays about 180 songs a day
  npm run spotify -- --recorded ./recordings   recorded replies beside the made-up ones
  npm run spotify -- --consent agree           logins need no click
  npm run spotify -- --export my_spotify_data.zip
                                               the user's streaming history, as Spotify sends it by e-mail
`;

const program = new Command('spotify')
  .description(
    'A simulated Spotify on this machine: Web API and accounts service, no account needed.',
  )
  .addOption(
    new Option('--port <port>', 'port on 127.0.0.1; 0 takes any free one')
      .default(SIMULATOR_PORT)
      .env('SPOTIFY_SIMULATOR_PORT')
      .argParser(parseWhole),
  )
  .addOption(new Option('--kind <kind>', 'app kind').choices(['A', 'B', 'C']).default('C'))
  .addOption(new Option('--seed <n>', 'decides the content').default(1).argParser(parseWhole))
  .addOption(
    new Option('--likes <n>', 'how many Liked Songs the user has (default: 120)').argParser(
      parseWhole,
    ),
  )
  .addOption(
    new Option('--listener <kind>', 'how the user listens to music')
      .choices(LISTENER_KINDS)
      .default('normal'),
  )
  .addOption(
    new Option('--latency <ms>', 'wait before every answer').default(0).argParser(parseWhole),
  )
  .addOption(new Option('--quota <calls>', 'calls allowed a day').argParser(parseWhole))
  .addOption(new Option('--recorded <folder>', 'recorded replies to serve as well'))
  .addOption(
    new Option('--consent <answer>', 'what the user says to a login: on a page, or at once')
      .choices(['page', 'agree', 'deny'])
      .default('page'),
  )
  .addOption(
    new Option(
      '--redirect-uri <uris...>',
      'registered for logins (default: http://127.0.0.1/callback, with any port)',
    ),
  )
  .addOption(
    new Option(
      '--export <zip>',
      "write Spotify's own export of this user, and end without serving",
    ),
  )
  .addOption(
    new Option('--export-rows <n>', 'how many rows the export has')
      .default(12_000)
      .argParser(parseWhole),
  )
  .option('--export-account', 'write the account data instead: the last year, without URIs')
  .addHelpText('after', EXAMPLES)
  .action(() => run(program.opts<ServeOptions>()));

void program.parseAsync();

async function run(options: ServeOptions): Promise<void> {
  const { port, kind, seed, recorded, redirectUri } = options;
  try {
    if (options.export !== undefined) {
      await writeExport(options.export, options);
      return;
    }
    const simulator = await startSpotifySimulator({
      port,
      seed,
      appKind: kind,
      likes: options.likes,
      listener: options.listener,
      latencyMs: options.latency,
      quota: options.quota,
      consent: options.consent,
      ...(recorded === undefined ? {} : { recordedDir: recorded }),
      ...(redirectUri === undefined ? {} : { redirectUris: redirectUri }),
    });
    console.log(describeSimulator(simulator, kind));
    process.once('SIGINT', () => void simulator.close());
    process.once('SIGTERM', () => void simulator.close());
  } catch (error) {
    program.error(pc.red(describeFailure(error, port)), { exitCode: 1 });
  }
}

async function writeExport(path: string, options: ServeOptions): Promise<void> {
  const { exportAccount, exportRows: rows, likes, listener, seed } = options;
  const catalogue = createCatalogue(seed, likes);
  const create = exportAccount === true ? createAccountFiles : createExportFiles;
  await writeExportZip(path, create(catalogue, { seed, rows, listener, nowMs: Date.now() }));
  console.log(`Wrote ${path}.`);
}

function describeSimulator(simulator: SpotifySimulator, kind: AppKind): string {
  const { url, credentials } = simulator;
  return [
    `${pc.bold('Simulated Spotify')}, app kind ${kind}: ${pc.cyan(url)}`,
    '',
    'Point a program at it:',
    `  export SPOTIFY_API_URL=${url}`,
    `  export SPOTIFY_ACCOUNTS_URL=${url}`,
    `  export SPOTIFY_CLIENT_ID=${credentials.clientId}`,
    `  export SPOTIFY_CLIENT_SECRET=${credentials.clientSecret}`,
    `  export SPOTIFY_REFRESH_TOKEN=${credentials.refreshToken}`,
    '  export SPOTIFY_BURST_CALLS=0 SPOTIFY_DAILY_CALLS=0',
    '',
    'Some of its playlists:',
    ...ACCESS_KINDS.flatMap(([access, meaning]) => listExamples(simulator, access, meaning)),
    ...simulator.recordedPlaylistIds().map((id) => `  spotify:playlist:${id}  recorded`),
    '',
    `All of them: ${url}/simulator/playlists    Ctrl-C stops it.`,
  ].join('\n');
}

function listExamples(
  { catalogue }: SpotifySimulator,
  access: PlaylistAccess,
  meaning: string,
): string[] {
  return [...catalogue.playlists.values()]
    .filter((playlist) => playlist.access === access)
    .slice(0, SHOWN_PER_KIND)
    .map(({ id, name, items }) => {
      const facts = pc.dim(`(${items.length} items, ${meaning})`);
      return `  spotify:playlist:${id}  ${name} ${facts}`;
    });
}

function describeFailure(error: unknown, port: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is in use: stop what listens there, or choose another with --port.`;
  }
  return error.message;
}

function parseWhole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number, 0 or more.');
  return Number(text);
}
