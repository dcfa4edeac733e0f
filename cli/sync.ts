/** `spotify-etl sync`: playlists kept up with others. */
import { Command } from 'commander';
import { command as add } from './sync/add.ts';
import { command as apply } from './sync/apply.ts';
import { listCommand, logCommand } from './sync/list.ts';
import { command as plan } from './sync/plan.ts';
import { command as restore } from './sync/restore.ts';
import { command as undo } from './sync/undo.ts';

export const command = new Command('sync')
  .description('Keeps playlists of your own up with others, and takes it back if you wish.')
  .addHelpText(
    'after',
    [
      '',
      'Examples:',
      '  spotify-etl sync add                    a source and a target, into syncs.csv',
      '  spotify-etl sync plan                   what would be done',
      '  spotify-etl sync apply                  does it, after asking',
      '  spotify-etl sync undo Inbox             takes it back',
      '',
      'More: docs/sync.md',
      '',
      'Exit codes: 0 done, or nothing to do, 1 failed or held, 2 wrong usage, 3 something to do,',
      '75 try again later, 130 stopped.',
    ].join('\n'),
  )
  .exitOverride();

for (const each of [add, plan, apply, undo, restore, listCommand, logCommand]) {
  command.addCommand(each);
}
