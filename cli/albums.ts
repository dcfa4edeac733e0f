/** `spotify-etl albums`: how long the albums of some artists are, and whether they get shorter. */
import { Command } from 'commander';
import { command as add } from './albums/add.ts';
import { command as collect } from './albums/collect.ts';
import { command as find } from './albums/find.ts';
import { command as purge } from './albums/purge.ts';
import { command as report } from './albums/report.ts';

export const command = new Command('albums')
  .description('Measures the albums of artists you choose, and says whether they get shorter.')
  .addHelpText(
    'after',
    [
      '',
      'Examples:',
      '  spotify-etl albums find "Nina Simone"          candidates, with their links',
      '  spotify-etl albums add https://open.spotify.com/artist/<id>',
      '  spotify-etl albums collect --dry-run           what it would cost, without a call',
      '  spotify-etl albums collect                     again the next day until all are complete',
      '  spotify-etl albums report --out report',
      '',
      'Private and off unless you ask for it: docs/albums.md quotes what Spotify says about analysis.',
      '',
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 75 something is left for later, 130 stopped.',
    ].join('\n'),
  )
  .exitOverride();

for (const each of [add, find, collect, report, purge]) command.addCommand(each);
