import { Command } from 'commander';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { UsageError } from '../../lib/usage-error.ts';
import { addOptions } from '../shared/command.ts';
import { periodOptions, toPeriod } from './period.ts';

const NOW = Date.parse('2026-03-31T12:00:00Z');
const BERLIN = 'Europe/Berlin';

const iso = (ms: number): string => new Date(ms).toISOString();

describe('a period', () => {
  it.each([
    ['2025', '2024-12-31T23:00:00.000Z', '2025-12-31T23:00:00.000Z'],
    // The clocks change on the 30th.
    ['2025-03', '2025-02-28T23:00:00.000Z', '2025-03-31T22:00:00.000Z'],
    ['2025-03-30', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z', '2024-02-29T23:00:00.000Z'],
  ])('of %s is the whole of it, by the clocks there', (date, since, until) => {
    const period = toPeriod({ since: date, until: date, timeZone: BERLIN }, NOW);

    expect([period.sinceMs, period.untilMs].map(iso)).toEqual([since, until]);
  });

  it.each([
    ['400d', '2025-02-24T13:00:00.000Z'],
    // An hour more: the clocks changed on the 29th.
    ['1w', '2026-03-24T13:00:00.000Z'],
    ['1m', '2026-02-28T13:00:00.000Z'],
    ['2y', '2024-03-31T12:00:00.000Z'],
  ])('since %s is counted back from now', (since, moment) => {
    const { sinceMs } = toPeriod({ since, until: undefined, timeZone: BERLIN }, NOW);

    expect(iso(sinceMs)).toBe(moment);
  });

  it('is of all time without its ends', () => {
    const all = toPeriod({ since: undefined, until: undefined, timeZone: BERLIN }, NOW);

    expect(all).toEqual({ sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER });
  });

  it('cannot end before it begins', () => {
    expect(() => toPeriod({ since: '2025', until: '2024', timeZone: BERLIN }, NOW)).toThrow(
      UsageError,
    );
    expect(() => toPeriod({ since: '1d', until: '2d', timeZone: BERLIN }, NOW)).toThrow(/2d ends/);
    expect(() => toPeriod({ since: undefined, until: '1960', timeZone: BERLIN }, NOW)).toThrow(
      /^1960 is too long ago/,
    );
  });

  it('has every moment of its days and no other, in every zone', () => {
    const zones = fc.constantFrom('UTC', BERLIN, 'America/St_Johns', 'Australia/Lord_Howe');
    const moments = fc.date({
      min: new Date('2007-01-01'),
      max: new Date('2026-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, moments, zones, (day, moment, timeZone) => {
        const dayOf = (date: Date): string =>
          DateTime.fromJSDate(date, { zone: timeZone }).toFormat('yyyy-LL-dd');
        const { sinceMs, untilMs } = toPeriod(
          { since: dayOf(day), until: dayOf(day), timeZone },
          NOW,
        );

        const isIn = sinceMs <= moment.getTime() && moment.getTime() < untilMs;
        expect(isIn).toBe(dayOf(moment) === dayOf(day));
        expect(sinceMs <= day.getTime() && day.getTime() < untilMs).toBe(true);
      }),
    );
  });
});

test.each(['2025-13', '2025-02-30', '25', 'yesterday', '0', '4x', '2025-1', ''])(
  'the date %j is refused',
  (given) => {
    expect(() => parse('since', given)).toThrow(/Give a year, month or day/);
  },
);

test('a zone that does not exist is refused', () => {
  expect(() => parse('timeZone', 'Mars/Olympus')).toThrow(/no such time zone/);
  expect(parse('timeZone', BERLIN)).toBe(BERLIN);
});

/** What the option makes of what a person typed. */
function parse(name: keyof typeof periodOptions, given: string): unknown {
  const command = addOptions(new Command(), { [name]: periodOptions[name] }).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  const flag = name === 'since' ? '--since' : '--time-zone';
  return command.parse(['node', 'x', `${flag}=${given}`]).opts()[name];
}
