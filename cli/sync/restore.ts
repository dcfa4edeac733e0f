/** `spotify-etl sync restore`: a version that the library knows, as a list again. */
import { Option } from 'commander';
import * as z from 'zod/mini';
import { type DatedVersion, listVersions, openLibrary } from '../../app/library.ts';
import { toRestoreTask } from '../../app/sync.ts';
import type { ListEntry } from '../../etl/model/sync.ts';
import { type FoundList, findList, findNames, type Names } from '../history/find-list.ts';
import { parseMoment } from '../history/moment.ts';
import { versionAt } from '../history/versions.ts';
import { defineCommand, field, flag, type OptionsOf } from '../shared/command.ts';
import { findFilledLibrary } from '../shared/library.ts';
import { showAndDo } from './carry-out.ts';
import { guardOptions, sharedOptions, withSyncApp } from './options.ts';

const options = {
  at: field(
    z.optional(z.string()),
    new Option('--at <date>', 'as it was then: 2026-11-20, or 2026-11-20T18:00Z').argParser(
      parseMoment,
    ),
  ),
  inPlace: flag('--in-place', 'make the list itself what it was, not a new one'),
  yes: flag('--yes', 'without asking'),
  allowRewrite: guardOptions.allowRewrite,
  ...sharedOptions,
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'restore',
  description: 'Makes a version of a list that the library knows into a new list.',
  arguments: [['<list>', 'a playlist, by link, URI, ID or name']],
  options,
  help: [
    'Examples:',
    '  spotify-etl sync restore "Road Trip" --at 2026-11-01              as a new list',
    '  spotify-etl sync restore "Road Trip" --at 2026-11-01 --in-place',
    '',
    'spotify-etl history shows which versions there are. Local files and what Spotify has withdrawn',
    'cannot be added; dates are those of the restore.',
    '',
    'Exit codes: 0 done, or nothing to do, 1 failed or held, 2 wrong usage, 3 shown, and not done,',
    '75 try again later, 130 stopped.',
  ],
  run,
});

async function run(given: Options, [wanted = '']: readonly string[]): Promise<number> {
  const { list, names, version } = await findVersion(given, wanted);
  const day = version.seenAt.slice(0, 10);
  const title = `${list.name || 'Playlist'} (${day})`;
  const { allowRewrite } = given;
  const isNew = !given.inPlace;
  const pair = `restore ${list.id} ${version.seenAt}`;
  const items = version.items.map(({ uri }) => toEntry(uri, names));
  return await withSyncApp(given, async (app) => {
    const runs = await app.journal.listRuns(pair);
    // One that was cut off goes on in the list that it has created.
    const done = runs.filter(({ outcome }) => outcome === 'done').length;
    const created = { key: `${pair} ${done}`, name: title.slice(0, 100) };
    return await showAndDo(
      app,
      {
        named: { name: isNew ? title : list.name, mode: `restore of ${version.seenAt}` },
        task: toRestoreTask(pair, items, { allowRewrite, target: isNew ? created : list.id }),
        note: 'Dates added, who added an item, and what is marked with ? do not come back.',
      },
      given,
    );
  });
}

type Found = {
  readonly list: FoundList;
  readonly version: DatedVersion;
  readonly names: Names;
};

async function findVersion({ at, library: place }: Options, wanted: string): Promise<Found> {
  const library = openLibrary(findFilledLibrary(place, process.env));
  try {
    const list = await findList(library, wanted);
    const versions: DatedVersion[] = [];
    for await (const each of listVersions(library, list.id)) versions.push(each);
    const version = versionAt(versions, at ?? new Date().toISOString());
    return { list, version, names: await findNames(library, [version]) };
  } finally {
    await library.close();
  }
}

function toEntry(uri: string | undefined, names: Names): ListEntry {
  if (uri === undefined) return { kind: 'unavailable' };
  const [, form] = uri.split(':');
  const kind = form === 'episode' || form === 'local' ? form : 'track';
  const name = names.get(uri);
  return { uri, kind, ...(name !== undefined && { name }) };
}
