/** `spotify-etl local`: `npm run local` from any folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { ROOT, requireCheckout } from './shared/environment.ts';

export const command = new Command('local')
  .description(
    'Serves GET /ingest on this machine: tables on disk, and a simulated Spotify unless SPOTIFY_CLIENT_ID is set.',
  )
  .argument('[options...]', 'the options of npm run local')
  .addHelpText(
    'after',
    '\nExamples:\n  spotify-etl local\n  API_PORT=3100 spotify-etl local\n\nWorks only in a checkout.\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 or 143 stopped.',
  )
  .allowUnknownOption()
  .exitOverride()
  .action(async (options: string[]) => {
    requireCheckout('The local stack');
    const args = ['--prefix', ROOT, 'run', '--silent', 'local', '--', ...options];
    // On Windows npm is a shell script.
    const child = spawn('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
    // Both get the signal; the stack decides when to end.
    process.on('SIGINT', () => undefined);
    await once(child, 'exit');
    process.exitCode = child.exitCode ?? 1;
  });
