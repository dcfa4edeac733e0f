/** `npx spotify-etl`: one command per file; each adds itself to the program. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { addTriggerCommand } from '../trigger/command.ts';
import type * as Commands from './commands.ts';
import { createHost } from './host.ts';

const USAGE_EXIT = 2;
/** sysexits.h `EX_TEMPFAIL`: try again later. */
const LATER_EXIT = 75;

if (existsSync('.env')) process.loadEnvFile('.env');

const host = createHost();
const setExitCode = (code: number): void => {
  process.exitCode = code;
};

// Whoever reads the output may leave early (`| head`); the rows are recorded all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const program = new Command('spotify-etl')
  .description('Your Spotify playlists as clean tables.')
  .exitOverride();
addTriggerCommand(program, host, setExitCode);
// The others bring the AWS SDK: a tenth of a second that no start of the trigger has to wait for.
if (process.argv[2] !== 'trigger') {
  for (const command of loadCommands().createCommands()) program.addCommand(command);
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    setExitCode(error.exitCode === 0 ? 0 : USAGE_EXIT);
    return;
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${pc.red(`✖ ${message}`)}\n`);
  setExitCode(toExitCode(name));
});

function loadCommands(): typeof Commands {
  const loaded: unknown = createRequire(__filename)('./commands.ts');
  if (!isCommands(loaded)) throw new TypeError('cli/commands.ts does not export its commands.');
  return loaded;
}

function isCommands(loaded: unknown): loaded is typeof Commands {
  return typeof loaded === 'object' && loaded !== null && 'createCommands' in loaded;
}

/** By name: the errors' own files are loaded with the command that throws them. */
function toExitCode(name: string): number {
  if (name === 'UsageError') return USAGE_EXIT;
  return name === 'LockedError' ? LATER_EXIT : 1;
}
