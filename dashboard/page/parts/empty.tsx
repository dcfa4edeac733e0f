import type { ComponentChild, VNode } from 'preact';

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
