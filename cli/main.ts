/** `npx spotify-etl`: one command per file; each adds itself to the program. */
import { Command, CommanderError } from 'commander';
import { createExportCommand } from './export.ts';

const USAGE_EXIT = 2;

const program = new Command('spotify-etl')
  .description('Your Spotify playlists as clean tables.')
  .exitOverride();

program.addCommand(createExportCommand());

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
});
