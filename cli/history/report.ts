/** Versions of a list as lines for a terminal, or as JSON. */
import pc from 'picocolors';
import type { DatedVersion } from '../../app/library.ts';
import type { PlaylistChanges } from '../../etl/model/playlist-changes.ts';
import type { PlaylistItemRow } from '../../etl/model/playlist-items.ts';
import { visible } from '../../lib/plain-text.ts';
import { quantity } from '../shared/terminal.ts';
import type { FoundList, Names } from './find-list.ts';
import type { Step } from './versions.ts';

type Shown = {
  readonly list: FoundList;
  /** The one version asked for; without one, the steps are. */
  readonly shown: DatedVersion | undefined;
  readonly steps: readonly Step[];
  readonly names: Names;
};

export function changeLines(
  { id, name }: FoundList,
  steps: readonly Step[],
  names: Names,
): string[] {
  return [
    `${pc.bold(visible(name) || id)}, ${quantity(steps.length, 'version')}`,
    ...steps.flatMap(({ changes, version }) => [
      `${pc.cyan(toMinute(version.seenAt))}  ${quantity(version.items.length, 'item')}${summarise(changes)}`,
      ...(changes === undefined ? [] : itemLines(changes, names)),
    ]),
  ];
}

function summarise(changes: PlaylistChanges | undefined): string {
  if (changes === undefined) return ', first seen';
  const { attributes, came, isReordered, went } = changes;
  const parts = [
    ...(came.length > 0 ? [`${came.length} came`] : []),
    ...(went.length > 0 ? [`${went.length} went`] : []),
    ...(isReordered ? ['in another order'] : []),
    ...Object.entries(attributes).flatMap(([name, values]) => describeAttribute(name, values)),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

/** Every change of a list changes its snapshot and often its number of items. */
function describeAttribute(name: string, [older, newer]: readonly [unknown, unknown]): string[] {
  const labels: Readonly<Record<string, string>> = {
    playlist_name: 'name',
    playlist_description: 'description',
    playlist_public: 'public',
    playlist_collaborative: 'collaborative',
    playlist_owner_name: 'owner',
  };
  const label = labels[name];
  return label === undefined ? [] : [visible(`${label}: ${toText(older)} → ${toText(newer)}`)];
}

const toText = (value: unknown): string =>
  value === undefined ? 'none' : typeof value === 'string' ? `“${value}”` : JSON.stringify(value);

function itemLines({ came, went }: PlaylistChanges, names: Names): string[] {
  return [
    ...came.map((item) => `  ${pc.green('+')} ${nameOf(item, names)}${added(item)}`),
    ...went.map((item) => `  ${pc.red('−')} ${nameOf(item, names)}`),
  ];
}

export function listLines(
  { id, name }: FoundList,
  { items, seenAt }: DatedVersion,
  names: Names,
): string[] {
  const width = String(items.length).length;
  return [
    `${pc.bold(visible(name) || id)} as it was seen on ${toMinute(seenAt)}, ${quantity(items.length, 'item')}`,
    ...items.map(
      (item, at) => `${pc.dim(String(at).padStart(width))}  ${nameOf(item, names)}${added(item)}`,
    ),
  ];
}

const nameOf = ({ uri }: PlaylistItemRow, names: Names): string =>
  uri === undefined ? pc.dim('(withdrawn by Spotify)') : visible(names.get(uri) ?? uri);

function added({ added_at, added_by }: PlaylistItemRow): string {
  if (added_at === undefined) return '';
  return pc.dim(
    `  ${added_at.slice(0, 10)}${added_by === undefined ? '' : ` ${visible(added_by)}`}`,
  );
}

const toMinute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

export function toJson({ list, names, shown, steps }: Shown): object {
  const toItem = (item: PlaylistItemRow): object => ({ ...item, name: names.get(item.uri ?? '') });
  const about = { playlist_id: list.id, playlist_name: list.name };
  if (shown !== undefined) {
    const items = shown.items.map((item, position) => ({ position, ...toItem(item) }));
    return { ...about, seen_at: shown.seenAt, ...shown.attributes, items };
  }
  return {
    ...about,
    versions: steps.map(({ changes, version }) => ({
      seen_at: version.seenAt,
      items: version.items.length,
      came: changes?.came.map(toItem),
      went: changes?.went.map(toItem),
      reordered: changes?.isReordered,
      attributes: changes?.attributes,
    })),
  };
}
