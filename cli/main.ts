/** `npx spotify-etl`: one command per file; each adds itself to the program. */
import { Command } from 'commander';

const program = new Command('spotify-etl').description('Your Spotify playlists as clean tables.');

void program.parseAsync();
