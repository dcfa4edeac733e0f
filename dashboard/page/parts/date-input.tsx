import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { parseIsoDay, toIsoDay } from '../../numbers/calendar.ts';
import type { DayPeriod } from '../../numbers/periods.ts';

type DateInputProps = {
  readonly label?: string;
  readonly day: number | undefined;
  /** The days to choose from. */
  readonly known: DayPeriod;
  readonly isInvalid?: boolean;
  readonly onDay: (day: number) => void;
  /** Told when the focus leaves: whether what was typed is no known day. */
  readonly onRefused?: (isRefused: boolean) => void;
};

/**
 * Ignores what is no known day: of a year that is typed, a browser tells after each digit. What is typed stays until the focus
 * leaves.
 */
export function DateInput({
  day,
  isInvalid,
  known,
  label,
  onDay,
  onRefused,
}: DateInputProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  const show = (): void => {
    if (input.current !== null) input.current.value = day === undefined ? '' : toIsoDay(day);
  };
  useLayoutEffect(() => {
    if (document.activeElement !== input.current) show();
  }, [day]);
  return (
    <input
      ref={input}
      type="date"
      aria-label={label}
      aria-invalid={isInvalid}
      min={toIsoDay(known.from)}
      max={toIsoDay(known.until - 1)}
      onBlur={({ currentTarget: { validity } }) => {
        onRefused?.(!validity.valid);
        show();
      }}
      onChange={({ currentTarget: { validity, value } }) => {
        const chosen = validity.valid ? parseIsoDay(value) : undefined;
        if (chosen !== undefined) onDay(chosen);
      }}
    />
  );
}
