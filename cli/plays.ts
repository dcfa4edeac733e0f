/** `spotify-etl plays`: the listening history in the library. */
import { Command } from 'commander';
import { command as collect } from './plays/collect.ts';
import { command as exportPlays } from './plays/export.ts';
import { command as gaps } from './plays/gaps.ts';
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
    ].join('\n'),
  )
  .exitOverride();

for (const each of [collect, list, top, exportPlays, gaps, leaveOutCommand, takeBackCommand]) {
  command.addCommand(each);
}
