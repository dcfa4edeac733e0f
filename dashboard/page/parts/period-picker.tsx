/** Which time, and what is counted. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DayPeriod, PeriodChoice } from '../../numbers/periods.ts';
import { toDayRange } from '../format.ts';
import { formatChoice, parseChoice, toHash } from '../route.ts';
import type { ChangeSettings } from '../settings.ts';
import type { View } from '../view.ts';
import { DateInput } from './date-input.tsx';
import { listPeriods, stepPeriod } from './period-list.ts';
import { Step } from './step.tsx';

type Props = { readonly view: View; readonly onSettings: ChangeSettings };

export function Toolbar({ onSettings, view }: Props): VNode {
  return (
    <div class="toolbar">
      <PeriodPicker view={view} />
      <fieldset class="switch">
        <legend class="sr-only">Count</legend>
        {(['plays', 'minutes'] as const).map((measure) => (
          <label key={measure}>
            <input
              type="radio"
              name="measure"
              checked={view.measure === measure}
              onChange={() => {
                onSettings({ measure });
              }}
            />
            <span>{measure === 'plays' ? 'Plays' : 'Minutes'}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function PeriodPicker({ view }: { readonly view: View }): VNode {
  const { choice } = view.route;
  const value = choice.kind === 'own' ? 'own' : formatChoice(choice);
  const pick = (next: PeriodChoice): void => {
    location.hash = toHash({ ...view.route, choice: next });
  };
  return (
    <div class="period">
      <Neighbour view={view} by={-1} onPick={pick} />
      <select
        aria-label="Period"
        value={value}
        onChange={({ currentTarget }) => {
          const { from, until } = view.period;
          pick(parseChoice(currentTarget.value) ?? { kind: 'own', from, until: until - 1 });
        }}
      >
        {listPeriods(view).map(({ options, title }) => (
          <optgroup key={title} label={title}>
            {options.map(({ name, value: each }) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <Neighbour view={view} by={1} onPick={pick} />
      {choice.kind === 'own' && (
        <OwnDates
          choice={choice}
          known={view.known}
          onPick={(next) => {
            // Not an entry of the history for each digit.
            location.replace(toHash({ ...view.route, choice: next }));
          }}
        />
      )}
    </div>
  );
}

type NeighbourProps = {
  readonly view: View;
  readonly by: -1 | 1;
  readonly onPick: (choice: PeriodChoice) => void;
};

/** To the calendar period next to this one; there is none for a rolling one. */
function Neighbour({ by, onPick, view }: NeighbourProps): VNode | null {
  const next = stepPeriod(view, by);
  if (next === undefined) return null;
  const name = by < 0 ? 'The period before' : 'The next period';
  return (
    <Step name={name} to={next === 'none' ? undefined : next} onStep={onPick}>
      {by < 0 ? '‹' : '›'}
    </Step>
  );
}

type OwnChoice = Extract<PeriodChoice, { kind: 'own' }>;
type OwnProps = {
  readonly choice: OwnChoice;
  readonly known: DayPeriod;
  readonly onPick: (choice: PeriodChoice) => void;
};

function OwnDates({ choice, known, onPick }: OwnProps): VNode {
  const [dates, set] = useState(choice);
  useEffect(() => {
    set(choice);
  }, [formatChoice(choice)]);
  const [isRefused, setRefused] = useState(false);
  const isBackward = dates.from > dates.until;
  const range = toDayRange(known.from, known.until - known.from);
  const change = (next: OwnChoice): void => {
    set(next);
    if (next.from <= next.until) onPick(next);
  };
  return (
    <span class="dates">
      {(['from', 'until'] as const).map((name) => (
        <label key={name}>
          {name === 'from' ? 'From' : 'to'}{' '}
          <DateInput
            day={Math.min(known.until - 1, Math.max(known.from, dates[name]))}
            known={known}
            isInvalid={isBackward}
            onRefused={setRefused}
            onDay={(day) => {
              change({ ...dates, [name]: day });
            }}
          />
        </label>
      ))}
      <span role="status" class="faint">
        {isBackward && 'The first day is after the last. '}
        {isRefused && `Your history is ${range}.`}
      </span>
    </span>
  );
}
