/** `spotify-etl plays`: the listening history in the library. */
import { Command } from 'commander';
import { command as collect } from './plays/collect.ts';
import { command as exportCommand } from './plays/export.ts';
import { command as forget } from './plays/forget.ts';
import { command as gaps } from './plays/gaps.ts';
import { command as importCommand } from './plays/import.ts';
import { leaveOutCommand, takeBackCommand } from './plays/leave-out.ts';
import { command as list } from './plays/list.ts';
import { command as top } from './plays/top.ts';

export const command = new Command('plays')
  .description('Collects what you play, and answers questions about it.')
  .addHelpText(
    'after',
    [
      '',
      'Examples:',
      '  spotify-etl plays collect --every 20m      collect for as long as it runs',
      '  spotify-etl plays top artists --since 2026',
      '  spotify-etl plays export --out plays.parquet',
      '  spotify-etl plays top --help               each of these has examples',
      '',
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 75 try again later, 130 stopped.',
    ].join('\n'),
  )
  .exitOverride();

const subcommands = [collect, importCommand, list, top, gaps, leaveOutCommand, takeBackCommand];
for (const each of [...subcommands, exportCommand, forget]) {
  command.addCommand(each);
}
