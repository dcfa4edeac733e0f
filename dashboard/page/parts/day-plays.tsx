/** All plays of one day. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { toDayText } from '../../../charts/days.ts';
import { toIsoDay } from '../../numbers/calendar.ts';
import { listPlaysOfDay, type PlayOfDay } from '../../numbers/times.ts';
import { quantity, toClock, toCount, toMinutesAndSeconds } from '../format.ts';
import { toHash } from '../route.ts';
import type { View } from '../view.ts';
import { DateInput } from './date-input.tsx';
import { Name } from './name.tsx';
import { scrollerOf } from './plain-table.tsx';
import { Step } from './step.tsx';

type DayProps = { readonly view: View; readonly day: number | undefined };

export function showDay(view: View, day: number): void {
  // Not an entry of the history for each day that is passed.
  location.replace(toHash({ ...view.route, detail: toIsoDay(day) }));
}

export function DayPlays({ day, view }: DayProps): VNode {
  const { history } = view;
  const plays = useMemo(
    () => (day === undefined ? [] : listPlaysOfDay(history, day)),
    [history, day],
  );
  return (
    <section class="card" id="day">
      <div class="tools">
        <h2 aria-live="polite">
          {day === undefined ? 'A day in detail' : `${toDayText(day)}: ${describe(plays)}`}
        </h2>
        <DayPicker view={view} day={day} />
      </div>
      {day === undefined && <p class="faint">Choose a day above, or here.</p>}
      {plays.length > 0 && <PlaysTable view={view} plays={plays} />}
    </section>
  );
}

/** As they are counted: music, and apart from it what is spoken. */
function describe(plays: readonly PlayOfDay[]): string {
  const counted = plays.filter(({ isCounted, item }) => isCounted && !item.isLeftOut);
  const spoken = counted.filter(({ item }) => item.kind === 'episode' || item.kind === 'chapter');
  const music = quantity(counted.length - spoken.length, 'play');
  return spoken.length === 0
    ? music
    : `${music}, and ${toCount(spoken.length)} of podcasts or audiobooks`;
}

function DayPicker({ day, view }: DayProps): VNode {
  const { from, until } = view.known;
  const step = (by: number): VNode => {
    const to = (day ?? view.today) + by;
    return (
      <Step
        name={by < 0 ? 'The day before' : 'The next day'}
        to={to >= from && to < until ? to : undefined}
        onStep={(next) => {
          showDay(view, next);
        }}
      >
        {by < 0 ? '‹' : '›'}
      </Step>
    );
  };
  return (
    <span class="period">
      {step(-1)}
      <DateInput
        label="Day"
        day={day}
        known={view.known}
        onDay={(chosen) => {
          showDay(view, chosen);
        }}
      />
      {step(1)}
    </span>
  );
}

type PlaysProps = { readonly view: View; readonly plays: readonly PlayOfDay[] };

function PlaysTable({ plays, view }: PlaysProps): VNode {
  const { calendar } = view.history;
  return (
    <div class={scrollerOf(plays)} role="region" tabIndex={0} aria-label="Plays of the day">
      <table>
        <thead>
          <tr>
            {['Ended', 'Song', 'Artist', 'Heard', ''].map((name) => (
              <th key={name} scope="col" class={name === 'Heard' ? 'number' : undefined}>
                {name === '' ? <span class="sr-only">Remarks</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plays.map((play, at) => (
            <tr key={at}>
              <td>{toClock(calendar, play.endedAtMs)}</td>
              <td>
                <Name text={play.item.name} />
              </td>
              <td>
                <Name text={play.item.artist || play.item.parent} />
              </td>
              <td class="number">
                {play.heardMs < 0 ? 'not known' : toMinutesAndSeconds(play.heardMs)}
              </td>
              <td class="faint">{toRemarks(play)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function toRemarks({ isCounted, isSkipped, item }: PlayOfDay): string {
  const remarks = [
    ...(isSkipped ? ['skipped'] : []),
    ...(isCounted ? [] : ['too short to count']),
    ...(item.isLeftOut ? ['left out of statistics'] : []),
  ];
  return remarks.join(', ');
}
