/** `spotify-etl sync undo`: takes back what a run has written. */
import { findUndo } from '../../app/sync.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { showAndDo } from './carry-out.ts';
import { guardOptions, type SyncApp, sharedOptions, withSyncApp } from './options.ts';

const options = {
  run: optionalText(
    '--run <id>',
    'a run of sync log, or the beginning of its id (default: the last that wrote)',
  ),
  yes: flag('--yes', 'without asking'),
  allowRewrite: guardOptions.allowRewrite,
  ...sharedOptions,
};

export const command = defineCommand({
  name: 'undo',
  description:
    'Gives a target back what it was before a run: order, content and repeats. If you have edited it since, only what the run did is taken back.',
  arguments: [['<name>', 'the pair']],
  options,
  help: [
    'Examples:',
    '  spotify-etl sync undo Inbox                shows, asks',
    '  spotify-etl sync undo Inbox --run 574ba9b2    of sync log',
    '',
    'The dates on which items were added do not come back, nor who added them, nor local files.',
    'What an undo brings back counts as yours: the pair does not remove it again.',
    '',
    'Exit codes: 0 done, or nothing to do, 1 failed or held, 2 wrong usage, 3 shown, and not done,',
    '75 try again later, 130 stopped.',
  ],
  run: async (given: OptionsOf<typeof options>, [name = '']) =>
    await withSyncApp(given, async (app) => {
      const { run, task } = await findWanted(app, name, given);
      const named = { name, mode: `undo of the run of ${run.started_at}` };
      return await showAndDo(app, { named, task, note: NOTE }, given);
    }),
});

const NOTE = 'Dates added, who added an item, and what is marked with ? do not come back.';

async function findWanted(
  { journal }: SyncApp,
  name: string,
  { allowRewrite, run: wanted }: OptionsOf<typeof options>,
) {
  const ids = (await journal.listRuns(name)).map(({ run_id }) => run_id);
  const named = wanted === undefined ? [] : ids.filter((id) => id.startsWith(wanted));
  if (named.length > 1)
    throw new UsageError(
      `--run is ${wanted}, which more than one run begins with: ${named.join(', ')}.`,
    );
  const found = await findUndo(journal, name, { allowRewrite, wanted: named[0] ?? wanted });
  if (found !== undefined) return found;
  throw new UsageError(
    wanted === undefined
      ? `No run of ${name} has written anything.`
      : `${name} has no run ${wanted}. npx spotify-etl sync log shows them.`,
  );
}
