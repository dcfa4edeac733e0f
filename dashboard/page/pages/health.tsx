/** Whether all is well with the library. */
import type { VNode } from 'preact';
import type { DashboardHealth } from '../../data.ts';
import { completeSinceMs } from '../../numbers/favourites.ts';
import { quantity, toCount, toDayOf, toMoment } from '../format.ts';
import { Empty } from '../parts/empty.tsx';
import { PlainTable } from '../parts/plain-table.tsx';
import { Tile, Tiles } from '../parts/tiles.tsx';
import type { View } from '../view.ts';

type Props = { readonly view: View };

export function Health({ view }: Props): VNode {
  const { imports, polls, syncs } = view.data.health;
  return (
    <>
      <HealthTiles view={view} />
      <Gaps view={view} />
      {polls.length > 0 ? (
        <Listed title="Last polls" table={toPolls(view)} />
      ) : (
        <Empty
          title="No polls yet"
          commands={[
            ['npx spotify-etl plays collect --every 20m', 'stores new plays as they come'],
          ]}
        />
      )}
      {imports.length > 0 ? (
        <Listed title="Imports" table={toImports(view)} />
      ) : (
        <Empty
          title="No imports yet"
          commands={[
            ['npx spotify-etl plays import my_spotify_data.zip', "reads Spotify's export"],
          ]}
        />
      )}
      {syncs.length > 0 ? (
        <Listed title="Last sync of each pair" table={toSyncs(view)} />
      ) : (
        <Empty
          title="No syncs yet"
          commands={[['npx spotify-etl sync add', 'sets up a pair: one playlist follows another']]}
        />
      )}
    </>
  );
}

function HealthTiles({ view }: Props): VNode {
  const { data, history } = view;
  const { calls, loginDaysLeft, polls } = data.health;
  const [last] = polls;
  return (
    <Tiles>
      <CompleteTile view={view} />
      <Tile
        name="Last poll"
        value={last === undefined ? '–' : toDayOf(history.calendar, last.atMs)}
      >
        {last === undefined ? 'never' : `${quantity(last.fresh, 'new play')}, ${last.outcome}`}
      </Tile>
      <CallsTile calls={calls} />
      <Tile name="Login" value={loginDaysLeft === undefined ? '–' : quantity(loginDaysLeft, 'day')}>
        {loginDaysLeft === undefined ? 'not known here' : 'until it must be renewed'}
      </Tile>
    </Tiles>
  );
}

function CompleteTile({ view: { data, history } }: Props): VNode {
  const sinceMs = completeSinceMs(data);
  if (sinceMs === undefined) {
    return (
      <Tile name="Complete since" value="–">
        {data.plays.length === 0 ? 'no plays yet' : 'not known: no extended export and no poll'}
      </Tile>
    );
  }
  const untilMs = Math.max(...data.covered.map(({ lastMs }) => lastMs));
  return (
    <Tile name="Complete since" value={toDayOf(history.calendar, sinceMs)}>
      until {toDayOf(history.calendar, untilMs)}, without a known gap
    </Tile>
  );
}

function CallsTile({ calls }: Pick<DashboardHealth, 'calls'>): VNode {
  if (calls === undefined) {
    return (
      <Tile name="Calls to Spotify" value="–">
        not counted yet
      </Tile>
    );
  }
  return (
    <Tile
      name="Calls to Spotify"
      value={calls.left === undefined ? toCount(calls.spent) : `${toCount(calls.left)} left`}
    >
      {calls.left === undefined ? 'without a budget' : `${toCount(calls.spent)} made in 24 hours`}
    </Tile>
  );
}

type Table = Parameters<typeof PlainTable>[0]['table'];

function Listed(props: { readonly title: string; readonly table: Table }): VNode {
  return (
    <section class="card">
      <h2>{props.title}</h2>
      <PlainTable {...props} />
    </section>
  );
}

function Gaps({ view }: Props): VNode {
  const { data, history } = view;
  const open = data.gaps.filter(({ isClosed }) => !isClosed).length;
  const table = {
    head: ['From', 'To', 'Cause', 'State'],
    rows: data.gaps
      .toSorted((one, other) => other.beforeMs - one.beforeMs)
      .map(({ afterMs, beforeMs, cause, isClosed }) => [
        afterMs > 0 ? toMoment(history.calendar, afterMs) : 'the beginning',
        toMoment(history.calendar, beforeMs),
        CAUSES[cause] ?? cause,
        isClosed ? 'filled by an import' : 'open',
      ]),
  };
  return (
    <section class="card">
      <h2>Gaps</h2>
      <p class="faint">
        {open === 0
          ? 'No gap is open.'
          : `${quantity(open, 'gap')} ${open === 1 ? 'is' : 'are'} open. Importing Spotify’s export fills ${open === 1 ? 'it' : 'them'}.`}
      </p>
      {table.rows.length > 0 && <PlainTable title="Gaps" table={table} />}
    </section>
  );
}

const CAUSES: Readonly<Record<string, string>> = {
  beginning: 'before the first poll',
  missed: 'no poll for too long',
  window: 'more than 50 plays between polls',
};

function toPolls({ data, history }: View): Table {
  return {
    head: ['At', 'Listed', 'New', 'Outcome'],
    rows: data.health.polls.map(({ atMs, fresh, outcome, returned }) => [
      toMoment(history.calendar, atMs),
      returned,
      fresh,
      outcome,
    ]),
  };
}

function toImports({ data, history }: View): Table {
  return {
    head: ['File', 'Finished', 'Rows', 'New', 'Refused'],
    rows: data.health.imports.map(({ finishedAtMs, name, rowsNew, rowsRead, rowsRefused }) => [
      name,
      finishedAtMs === undefined ? 'not finished' : toMoment(history.calendar, finishedAtMs),
      rowsRead,
      rowsNew,
      rowsRefused,
    ]),
  };
}

function toSyncs({ data, history }: View): Table {
  return {
    head: ['Pair', 'Into', 'Started', 'Outcome'],
    rows: data.health.syncs.map(({ outcome, pair, startedAtMs, target }) => [
      pair,
      target,
      toMoment(history.calendar, startedAtMs),
      outcome ?? 'cut off',
    ]),
  };
}
