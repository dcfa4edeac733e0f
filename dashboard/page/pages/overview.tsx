import { Fragment, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { listTops, type TopKind } from '../../numbers/tops.ts';
import { type Totals, toTotals } from '../../numbers/totals.ts';
import { createTimeChart } from '../charts.ts';
import { quantity, toCount, toDuration, toPercent } from '../format.ts';
import { NoPlaylists, NoPlays } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import { Change, Tile, Tiles } from '../parts/tiles.tsx';
import { TopList } from '../parts/top-list.tsx';
import { PAGES, toHash } from '../route.ts';
import { useLater, type View } from '../view.ts';

type Props = { readonly view: View };

export function Overview({ view }: Props): VNode {
  const { data, history, measure, period } = view;
  const chart = useMemo(
    () => createTimeChart(history, period, measure),
    [history, period, measure],
  );
  if (data.plays.length === 0) {
    return (
      <>
        <NoPlays />
        {data.playlists.length === 0 ? <NoPlaylists /> : <OnlyPlaylists view={view} />}
      </>
    );
  }
  return (
    <>
      <Sums view={view} />
      <Figure chart={chart} />
      <Tops view={view} />
    </>
  );
}

function OnlyPlaylists({ view }: Props): VNode {
  const { playlists } = view.data;
  const items = playlists.reduce((sum, each) => sum + each.items.length, 0);
  return (
    <section class="card">
      <h2>Your playlists are here</h2>
      <p>
        {quantity(playlists.length, 'playlist')} with {quantity(items, 'item')}:{' '}
        <a href={toHash({ ...view.route, page: 'playlists', detail: undefined })}>look at them</a>.
      </p>
    </section>
  );
}

function Sums({ view }: Props): VNode {
  const { chosen, history, period } = view;
  const now = useMemo(() => toTotals(history, period), [history, period]);
  const before = useMemo(
    () => (chosen.before === undefined ? undefined : toTotals(history, chosen.before)),
    [history, chosen],
  );
  const days = period.until - period.from;
  return (
    <>
      <MusicTiles now={now.music} before={before?.music} days={days} />
      <div class="pair">
        <Spoken now={now.spoken} before={before?.spoken} />
        <NotCounted music={now.music} spoken={now.spoken} />
      </div>
    </>
  );
}

type SumsProps = { readonly now: Totals; readonly before: Totals | undefined };

function MusicTiles({ before, days, now }: SumsProps & { readonly days: number }): VNode {
  const starts = now.plays + now.short;
  return (
    <Tiles>
      <Tile name="Plays" value={toCount(now.plays)}>
        <Change now={now.plays} before={before?.plays} />
      </Tile>
      <Tile name="Minutes" value={toCount(now.minutes)}>
        <Change now={now.minutes} before={before?.minutes} />
      </Tile>
      <Tile name="Songs" value={toCount(now.songs)}>
        <Change now={now.songs} before={before?.songs} />
      </Tile>
      <Tile name="Artists" value={toCount(now.artists)}>
        <Change now={now.artists} before={before?.artists} />
      </Tile>
      <Tile name="Days with music" value={toCount(now.days)}>
        of {toCount(days)}, {toDuration(now.days === 0 ? 0 : now.minutes / now.days)} on such a day
      </Tile>
      <Tile name="Skipped" value={starts === 0 ? '–' : toPercent(now.skipped / starts)}>
        {toCount(now.skipped)} of {toCount(starts)} starts
      </Tile>
    </Tiles>
  );
}

function Spoken({ before, now }: SumsProps): VNode {
  return (
    <section class="card">
      <h2>Podcasts and audiobooks</h2>
      {now.plays === 0 && now.minutes === 0 ? (
        <p class="faint">None in this time.</p>
      ) : (
        <dl class="lines">
          <dt>Plays</dt>
          <dd>
            {toCount(now.plays)}{' '}
            <small>
              <Change now={now.plays} before={before?.plays} />
            </small>
          </dd>
          <dt>Minutes</dt>
          <dd>
            {toCount(now.minutes)}{' '}
            <small>
              <Change now={now.minutes} before={before?.minutes} />
            </small>
          </dd>
          <dt>Episodes and chapters</dt>
          <dd>{toCount(now.songs)}</dd>
          <dt>Shows and books</dt>
          <dd>{toCount(now.artists)}</dd>
        </dl>
      )}
    </section>
  );
}

type BothProps = { readonly music: Totals; readonly spoken: Totals };

function NotCounted({ music, spoken }: BothProps): VNode {
  const rows: readonly (readonly [string, number, string])[] = [
    ['Too short', music.short + spoken.short, 'under 30 seconds: not a play, but in the minutes'],
    ['Left out', music.leftOut + spoken.leftOut, 'by you, with plays leave-out: in no figure'],
    ['Without a name', music.unnamed + spoken.unnamed, 'a play, but in no list'],
    [
      'Length not known',
      music.unknownLength + spoken.unknownLength,
      'only polled: taken as the whole song',
    ],
  ];
  return (
    <section class="card">
      <h2>What is not counted, or guessed</h2>
      <dl class="lines">
        {rows.map(([name, count, what]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              {toCount(count)} <small>{what}</small>
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

const KINDS: readonly TopKind[] = ['songs', 'artists', 'albums', 'shows'];

function Tops({ view }: Props): VNode {
  const { history, measure, period } = view;
  const asked = useMemo(
    () => ({ history, measure, period }),
    [history, measure, period.from, period.until],
  );
  const later = useLater(asked);
  const tops = useMemo(
    () =>
      later &&
      KINDS.map((kind) => ({
        kind,
        rows: listTops(later.history, kind, { ...later.period, by: later.measure }),
      })),
    [later],
  );
  return (
    <div class="tops">
      {(tops ?? []).map(({ kind, rows }) =>
        kind === 'shows' && rows.length === 0 ? null : (
          <TopList
            key={kind}
            title={`Top ${PAGES[kind].toLowerCase()}`}
            rows={rows}
            measure={later?.measure ?? measure}
            href={toHash({ ...view.route, page: kind, detail: undefined })}
          />
        ),
      )}
    </div>
  );
}
