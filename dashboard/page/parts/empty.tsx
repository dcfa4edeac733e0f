import type { ComponentChild, VNode } from 'preact';
import { findLastPlayMs, MUSIC, SPOKEN } from '../../numbers/history.ts';
import { toDayOf } from '../format.ts';
import { toHash } from '../route.ts';
import type { View } from '../view.ts';

type EmptyProps = {
  readonly title: string;
  readonly children?: ComponentChild;
  readonly commands: readonly (readonly [command: string, what: string])[];
};

/** What is missing, and the commands that fill it. */
export function Empty({ children, commands, title }: EmptyProps): VNode {
  return (
    <section class="card empty">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      <dl>
        {commands.map(([command, what]) => (
          <div key={command}>
            <dt>
              <code>{command}</code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const PLAY_COMMANDS = [
  ['npx spotify-etl plays collect', 'stores the last 50 plays; run it every 20 minutes'],
  ['npx spotify-etl plays import my_spotify_data.zip', "reads all plays out of Spotify's export"],
] as const;

export function NoPlays(): VNode {
  return (
    <Empty title="No plays yet" commands={PLAY_COMMANDS}>
      This library has no listening history. Two commands fill it:
    </Empty>
  );
}

const NAMES = { [MUSIC]: 'music', [SPOKEN]: 'podcasts or audiobooks' } as const;

type NoneProps = { readonly view: View; readonly kind: keyof typeof NAMES };

/** There are plays, but none of this kind in the period. */
export function NoneInTime({ kind, view: { history, known, route } }: NoneProps): VNode {
  const lastMs = findLastPlayMs(history, kind, known);
  return (
    <section class="card">
      <h2>No {NAMES[kind]} in this time</h2>
      {lastMs === undefined ? (
        <p>
          No play of this library counts as such: it was too short, left out, or of another kind.
        </p>
      ) : (
        <p>
          The last play was on {toDayOf(history.calendar, lastMs)}:{' '}
          <a href={toHash({ ...route, choice: { kind: 'all' } })}>show all time</a>.
        </p>
      )}
    </section>
  );
}

export function NoPlaylists(): VNode {
  return (
    <Empty
      title="No playlists yet"
      commands={[['npx spotify-etl get --all', 'stores your playlists and Liked Songs']]}
    >
      This library has no playlist. One command fills it:
    </Empty>
  );
}
