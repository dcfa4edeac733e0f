import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Measure, MUSIC } from '../../numbers/history.ts';
import { listTops, type TopKind, type TopRow } from '../../numbers/tops.ts';
import { toTotals } from '../../numbers/totals.ts';
import { createTimeChart } from '../charts.ts';
import { quantity, toCount, toDuration, toPercent } from '../format.ts';
import { NoneInTime, NoPlaylists, NoPlays } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotCounted } from '../parts/not-counted.tsx';
import { Change, Tile, Tiles } from '../parts/tiles.tsx';
import { TopList, TopRows } from '../parts/top-list.tsx';
import { PAGES, toHash } from '../route.ts';
import { useLater, type View } from '../view.ts';

type Props = { readonly view: View };

export function Overview({ view }: Props): VNode {
  const { data, history, measure, period } = view;
  const chart = useMemo(
    () => createTimeChart(history, period, measure),
    [history, period, measure],
  );
  const sums = useSums(view);
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
      {sums.now.music.plays === 0 ? (
        <NoneInTime view={view} kind={MUSIC} />
      ) : (
        <>
          <MusicTiles view={view} sums={sums} />
          <Figure chart={chart} />
        </>
      )}
      <Tops view={view} sums={sums} />
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

/** Of the period, and of the one before. */
type Sums = { readonly now: BothTotals; readonly before: BothTotals | undefined };
type BothTotals = ReturnType<typeof toTotals>;

function useSums({ chosen: { before, period }, history }: View): Sums {
  return useMemo(
    () => ({
      now: toTotals(history, period),
      before: before && toTotals(history, before),
    }),
    [history, period, before],
  );
}

type SumsProps = Props & { readonly sums: Sums };

function MusicTiles({ sums, view: { measure, period } }: SumsProps): VNode {
  const { music: now } = sums.now;
  const before = sums.before?.music;
  const starts = now.plays + now.short;
  return (
    <Tiles>
      <Tile name="Plays" value={toCount(now.plays)} isMain={measure === 'plays'}>
        <Change now={now.plays} before={before?.plays} />
      </Tile>
      <Tile name="Minutes" value={toCount(now.minutes)} isMain={measure === 'minutes'}>
        <Change now={now.minutes} before={before?.minutes} />
      </Tile>
      <Tile name="Songs" value={toCount(now.songs)}>
        <Change now={now.songs} before={before?.songs} />
      </Tile>
      <Tile name="Artists" value={toCount(now.artists)}>
        <Change now={now.artists} before={before?.artists} />
      </Tile>
      <Tile name="Days with music" value={toCount(now.days)}>
        of {toCount(period.until - period.from)} · {toDuration(now.minutes / Math.max(1, now.days))}{' '}
        each
      </Tile>
      <Tile name="Skipped" value={starts === 0 ? '–' : toPercent(now.skipped / starts)}>
        {toCount(now.skipped)} of {toCount(starts)} starts
      </Tile>
    </Tiles>
  );
}

type SpokenProps = {
  readonly sums: Sums;
  readonly shows: readonly TopRow[];
  readonly measure: Measure;
};

function Spoken({ measure, shows, sums }: SpokenProps): VNode {
  const { spoken: now } = sums.now;
  const before = sums.before?.spoken;
  return (
    <section class="card top">
      <h2>Podcasts and audiobooks</h2>
      {now.minutes === 0 ? (
        <p class="faint">None in this time.</p>
      ) : (
        <>
          <p>
            {quantity(now.plays, 'play')}, {quantity(Math.round(now.minutes), 'minute')}{' '}
            <small>
              <Change now={now[measure]} before={before?.[measure]} />
            </small>
          </p>
          <p class="faint">
            {quantity(now.songs, 'episode or chapter', 'episodes and chapters')} of{' '}
            {quantity(now.artists, 'show or book', 'shows and books')}
          </p>
          <TopRows rows={shows.slice(0, 5)} measure={measure} />
        </>
      )}
    </section>
  );
}

const KINDS: readonly TopKind[] = ['songs', 'artists', 'albums', 'shows'];

function Tops({ sums, view }: SumsProps): VNode | null {
  const { history, measure, period } = view;
  const asked = useMemo(() => ({ history, measure, period }), [history, measure, period]);
  const later = useLater(asked);
  const tops = useMemo(
    () =>
      later &&
      KINDS.map((kind) => listTops(later.history, kind, { ...later.period, by: later.measure })),
    [later],
  );
  if (later === undefined || tops === undefined) return null;
  return (
    <>
      {sums.now.music.plays > 0 && (
        <div class="tops">
          {KINDS.slice(0, 3).map((kind, at) => (
            <TopList
              key={kind}
              title={`Top ${PAGES[kind].toLowerCase()}`}
              rows={tops[at] ?? []}
              measure={later.measure}
              href={toHash({ ...view.route, page: kind, detail: undefined })}
            />
          ))}
        </div>
      )}
      <div class="pair">
        <Spoken sums={sums} shows={tops[3] ?? []} measure={later.measure} />
        <NotCounted {...sums.now} />
      </div>
    </>
  );
}
