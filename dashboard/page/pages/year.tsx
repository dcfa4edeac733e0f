/** The year in review: one tall page to keep or print. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { createCalendarChart } from '../../../charts/calendar-heat-map.ts';
import { createWeekHoursChart } from '../../../charts/week-hours.ts';
import { listFirstListens, listForgotten } from '../../numbers/favourites.ts';
import { listStreaks, toDays, toWeekHours } from '../../numbers/times.ts';
import { listTops } from '../../numbers/tops.ts';
import { toTotals } from '../../numbers/totals.ts';
import { createTimeChart, toDayValues } from '../charts.ts';
import { quantity, toCount, toDuration } from '../format.ts';
import { NoPlays } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import { Change, Tile, Tiles } from '../parts/tiles.tsx';
import { TopList } from '../parts/top-list.tsx';
import type { View } from '../view.ts';
import { StreakTile } from './time.tsx';

type Props = { readonly view: View; readonly year: number };

export function Year({ view, year }: Props): VNode {
  const { chosen, data, history, period } = view;
  const { music, spoken } = useMemo(() => toTotals(history, period), [history, period]);
  const before = useMemo(
    () => (chosen.before === undefined ? undefined : toTotals(history, chosen.before).music),
    [history, chosen],
  );
  const isEmpty = music.plays === 0 && spoken.plays === 0;
  return (
    <main class="poster" id="main" tabIndex={-1}>
      <header>
        <p>A year of music</p>
        <h1>{year}</h1>
        {!isEmpty && (
          <p>
            <strong>{toCount(music.minutes)} minutes</strong>, {quantity(music.plays, 'play')} of{' '}
            {quantity(music.songs, 'song')} by {quantity(music.artists, 'artist')}
          </p>
        )}
      </header>
      {isEmpty && data.plays.length > 0 && <p class="card">There is no play in {year}.</p>}
      {data.plays.length === 0 && <NoPlays />}
      {!isEmpty && (
        <>
          <Tiles>
            <Tile name="Minutes" value={toCount(music.minutes)}>
              <Change now={music.minutes} before={before?.minutes} />
            </Tile>
            <Tile name="Days with music" value={toCount(music.days)}>
              of {toCount(period.until - period.from)}
            </Tile>
            <Tile name="Played without a break" value={toDuration(music.minutes)}>
              {toCount(music.minutes / 1440)} days and nights
            </Tile>
            {spoken.plays > 0 && (
              <Tile name="Podcasts and audiobooks" value={`${toCount(spoken.minutes)} min`}>
                {quantity(spoken.plays, 'play')}
              </Tile>
            )}
          </Tiles>
          <YearTops view={view} />
          <YearCharts view={view} />
          <YearStreaks view={view} />
          <YearFinds view={view} />
        </>
      )}
    </main>
  );
}

type ViewProps = { readonly view: View };

function YearTops({ view: { history, period } }: ViewProps): VNode {
  const tops = useMemo(
    () =>
      (['songs', 'artists', 'albums'] as const).map((kind) => ({
        kind,
        rows: listTops(history, kind, { ...period, by: 'plays' }),
      })),
    [history, period],
  );
  return (
    <div class="tops">
      {tops.map(({ kind, rows }) => (
        <TopList key={kind} title={`Top ${kind}`} rows={rows} measure="plays" href={undefined} />
      ))}
    </div>
  );
}

function YearCharts({ view: { history, period } }: ViewProps): VNode {
  const charts = useMemo(
    () => [
      createTimeChart(history, period, 'minutes'),
      createCalendarChart(toDayValues(toDays(history, period), 'plays', history.calendar)),
      createWeekHoursChart({
        values: toWeekHours(history, period).plays,
        unit: 'plays',
        firstWeekday: history.calendar.firstWeekday,
      }),
    ],
    [history, period],
  );
  return (
    <>
      {charts.map((chart) => (
        <Figure key={chart.title} chart={chart} />
      ))}
    </>
  );
}

function YearStreaks({ view: { history, period } }: ViewProps): VNode {
  const { dry, longest } = useMemo(() => listStreaks(history, period), [history, period]);
  return (
    <Tiles>
      <StreakTile name="Longest streak" streak={longest} />
      <StreakTile name="Longest pause" streak={dry} />
    </Tiles>
  );
}

function YearFinds({ view: { data, history, period, today } }: ViewProps): VNode {
  const [firstMs = data.madeAtMs] = data.plays.endedAtMs;
  // Of a history that begins in the year, most songs are older than they seem.
  const isOlder = history.calendar.dayOf(firstMs) < period.from;
  const found = useMemo(
    () =>
      listFirstListens(history, period)
        .filter(({ isExact }) => isExact || isOlder)
        .map(({ row }) => row)
        .sort((one, other) => other.plays - one.plays),
    [history, period],
  );
  const last = Math.min(today, period.until - 1);
  const forgotten = useMemo(() => listForgotten(history, last), [history, last]);
  return (
    <div class="tops">
      <TopList title="First heard this year" rows={found} measure="plays" href={undefined} />
      <TopList title="Forgotten favourites" rows={forgotten} measure="plays" href={undefined} />
    </div>
  );
}
