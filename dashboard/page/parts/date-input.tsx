import type { VNode } from 'preact';
import { parseIsoDay, toIsoDay } from '../../numbers/calendar.ts';
import type { DayPeriod } from '../../numbers/periods.ts';

type DateInputProps = {
  readonly label?: string;
  readonly day: number | undefined;
  /** The days to choose from. */
  readonly known: DayPeriod;
  readonly isInvalid?: boolean;
  readonly onDay: (day: number) => void;
};

/** Ignores what is no known day: of a year that is typed, a browser tells after each digit. */
export function DateInput({ day, isInvalid, known, label, onDay }: DateInputProps): VNode {
  return (
    <input
      type="date"
      aria-label={label}
      aria-invalid={isInvalid}
      min={toIsoDay(known.from)}
      max={toIsoDay(known.until - 1)}
      value={day === undefined ? '' : toIsoDay(day)}
      onChange={({ currentTarget: { validity, value } }) => {
        const chosen = validity.valid ? parseIsoDay(value) : undefined;
        if (chosen !== undefined) onDay(chosen);
      }}
    />
  );
}
