/** `npx spotify-etl`: one command per file. */
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { version } from '../package.json';
import { loadCommands } from './commands.ts';
import { completeEnvironment, ROOT } from './shared/environment.ts';
import { LATER_EXIT } from './shared/exit-codes.ts';

const USAGE_EXIT = 2;

const START = `
To start:
  spotify-etl login          once, with your Spotify app (https://developer.spotify.com/dashboard)
  spotify-etl doctor         checks the set-up
  spotify-etl playlists      lists your playlists

Each command has examples: spotify-etl help <command>
Docs: ${join(ROOT, 'README.md')}`;

// The reader of the output can end early (`| head`); the rows must be recorded anyway.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
    return;
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${pc.red(`✖ ${message}`)}\n`);
  process.exitCode = toExitCode(name);
});

async function main(): Promise<void> {
  const [, , first, second] = process.argv;
  const isAsking =
    first === 'help' || process.argv.some((each) => /^(?:--help|-h|--version|-V)$/.test(each));
  // Help works even with a broken `.env`.
  if (!isAsking) completeEnvironment(process.env);
  const program = new Command('spotify-etl')
    .description('Your Spotify playlists as clean tables.')
    .version(version)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', START)
    .exitOverride();
  for (const command of await loadCommands(first === 'help' ? second : first)) {
    program.addCommand(command);
  }
  await program.parseAsync();
}

/** By name, because only the command that throws an error loads its class. */
function toExitCode(name: string): number {
  if (name === 'UsageError') return USAGE_EXIT;
  return name === 'LockedError' ? LATER_EXIT : 1;
}
