/** Which time, and what is counted. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { DayPeriod, PeriodChoice } from '../../numbers/periods.ts';
import { formatChoice, parseChoice, toHash } from '../route.ts';
import type { ChangeSettings } from '../settings.ts';
import type { View } from '../view.ts';
import { DateInput } from './date-input.tsx';
import { listPeriods, stepPeriod } from './period-list.ts';

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
      <Step view={view} by={-1} onPick={pick} />
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
      <Step view={view} by={1} onPick={pick} />
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

type StepProps = {
  readonly view: View;
  readonly by: -1 | 1;
  readonly onPick: (choice: PeriodChoice) => void;
};

/** To the calendar period next to this one; there is none for a rolling one. */
function Step({ by, onPick, view }: StepProps): VNode | null {
  const next = stepPeriod(view, by);
  if (next === undefined) return null;
  return (
    <button
      type="button"
      aria-label={by < 0 ? 'The period before' : 'The next period'}
      disabled={next === 'none'}
      onClick={() => {
        if (next !== 'none') onPick(next);
      }}
    >
      {by < 0 ? '‹' : '›'}
    </button>
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
  const isBackward = dates.from > dates.until;
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
            day={dates[name]}
            known={known}
            isInvalid={isBackward}
            onDay={(day) => {
              change({ ...dates, [name]: day });
            }}
          />
        </label>
      ))}
      <span role="status" class="faint">
        {isBackward && 'The first day is after the last.'}
      </span>
    </span>
  );
}
