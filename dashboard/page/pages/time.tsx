import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { createCalendarChart } from '../../../charts/calendar-heat-map.ts';
import { createWeekHoursChart } from '../../../charts/week-hours.ts';
import { parseIsoDay } from '../../numbers/calendar.ts';
import { findLastPlayMs, MUSIC } from '../../numbers/history.ts';
import {
  listSessions,
  listStreaks,
  type Streak,
  toDays,
  toWeekHours,
} from '../../numbers/times.ts';
import { createTimeChart, toDayValues } from '../charts.ts';
import { quantity, toDayRange, toDuration, toMoment } from '../format.ts';
import { DayPlays, showDay } from '../parts/day-plays.tsx';
import { NoneInTime, NoPlays } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import { PlainTable } from '../parts/plain-table.tsx';
import { Tile, Tiles } from '../parts/tiles.tsx';
import { useLater, type View } from '../view.ts';

type Props = { readonly view: View };

export function Time({ view }: Props): VNode {
  const { data, history, measure, period } = view;
  const asked = useMemo(() => ({ ...view, history, measure, period }), [history, measure, period]);
  const later = useLater(asked);
  if (data.plays.length === 0) return <NoPlays />;
  const day = <DayPlays view={view} day={parseIsoDay(view.route.detail ?? '')} />;
  if (findLastPlayMs(history, MUSIC, period) === undefined) {
    return (
      <>
        <NoneInTime view={view} kind={MUSIC} />
        {day}
      </>
    );
  }
  return (
    <>
      <Days view={view} />
      {day}
      {later && (
        <>
          <Hours view={later} />
          <Months view={later} />
          <Streaks view={later} />
          <Sessions view={later} />
        </>
      )}
    </>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -7,
  ArrowRight: 7,
  ArrowUp: -1,
  ArrowDown: 1,
};

function Days({ view }: Props): VNode {
  const { history, measure, period } = view;
  const [row, setRow] = useState<number>();
  const days = useMemo(
    () => toDayValues(toDays(history, period), measure, history.calendar),
    [history, measure, period],
  );
  const chart = useMemo(() => createCalendarChart(days), [days]);
  const last = days.values.length - 1;
  const onKey = (event: KeyboardEvent): void => {
    const { [event.key]: step } = STEPS;
    if (step === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    if (step !== undefined) setRow(row === undefined ? last : clamp(row + step, last));
    else if (row !== undefined) showDay(view, days.from + row);
  };
  const at = row === undefined ? undefined : clamp(row, last);
  return (
    <>
      <Figure
        chart={chart}
        onSelect={(selected) => {
          setRow(selected);
          showDay(view, days.from + selected);
        }}
        keys={{
          row: at,
          help: 'Arrow keys move from day to day, Enter shows the plays of a day.',
          onKey,
        }}
      />
      <p class="sr-only" role="status">
        {at !== undefined && `${(chart.table.rows[at] ?? []).slice(0, 2).join(', ')} ${measure}`}
      </p>
    </>
  );
}

const clamp = (row: number, last: number): number => Math.min(last, Math.max(0, row));

function Hours({ view }: Props): VNode {
  const { history, measure, period } = view;
  const chart = useMemo(
    () =>
      createWeekHoursChart({
        values: toWeekHours(history, period)[measure],
        unit: measure,
        firstWeekday: history.calendar.firstWeekday,
      }),
    [view],
  );
  return <Figure chart={chart} />;
}

function Months({ view }: Props): VNode {
  const chart = useMemo(() => createTimeChart(view.history, view.period, view.measure), [view]);
  return <Figure chart={chart} />;
}

function Streaks({ view }: Props): VNode {
  const { current, dry, longest } = useMemo(() => listStreaks(view.history, view.period), [view]);
  return (
    <Tiles>
      <StreakTile name="Longest streak" streak={longest} />
      <StreakTile name="Current streak" streak={current} />
      <StreakTile name="Longest pause" streak={dry} />
    </Tiles>
  );
}

type StreakProps = { readonly name: string; readonly streak: Streak | undefined };

export function StreakTile({ name, streak }: StreakProps): VNode {
  return (
    <Tile name={name} value={streak === undefined ? 'none' : quantity(streak.days, 'day')}>
      {streak === undefined ? 'in this time' : toDayRange(streak.from, streak.days)}
    </Tile>
  );
}

function Sessions({ view }: Props): VNode {
  const { count, longest, medianMinutes } = useMemo(
    () => listSessions(view.history, view.period),
    [view],
  );
  const table = {
    head: ['The longest began', 'From start to end', 'Heard', 'Plays'],
    rows: longest.map(({ endMs, minutes, plays, startMs }) => [
      toMoment(view.history.calendar, startMs),
      toDuration((endMs - startMs) / 60_000),
      toDuration(minutes),
      plays,
    ]),
  };
  return (
    <section class="card">
      <h2>Sessions</h2>
      <p>
        {quantity(count, 'time')} you sat down to listen, with pauses of up to 30 minutes
        {medianMinutes === undefined
          ? '.'
          : `; half of them were shorter than ${toDuration(medianMinutes)}.`}
      </p>
      {longest.length > 0 && <PlainTable title="The longest sessions" table={table} />}
    </section>
  );
}
