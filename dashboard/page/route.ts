/** What the address after `#` says: a page, a period, and a day or a playlist. */
import { monthOf, parseIsoDay, toIsoDay, toIsoMonth } from '../numbers/calendar.ts';
import type { PeriodChoice } from '../numbers/periods.ts';

export const PAGES = {
  overview: 'Overview',
  time: 'Time',
  songs: 'Songs',
  artists: 'Artists',
  albums: 'Albums',
  shows: 'Shows',
  playlists: 'Playlists',
  'album-lengths': 'Album lengths',
  health: 'Health',
} as const;

export type PageName = keyof typeof PAGES;

export type Route = {
  readonly page: PageName;
  readonly choice: PeriodChoice;
  /** A day of the page `time`, the ID of a list of the page `playlists`. */
  readonly detail: string | undefined;
};

const DEFAULT_CHOICE: PeriodChoice = { kind: 'last', days: 365 };

export function isPageName(text: string): text is PageName {
  return Object.hasOwn(PAGES, text);
}

/** Anything odd becomes the first page and the usual period. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page = '', detail] = path.split('/');
  return {
    page: isPageName(page) ? page : 'overview',
    choice: parseChoice(new URLSearchParams(query).get('period') ?? '') ?? DEFAULT_CHOICE,
    detail: detail === undefined || detail === '' ? undefined : decode(detail),
  };
}

export function toHash({ choice, detail, page }: Route): string {
  const path = detail === undefined ? page : `${page}/${encodeURIComponent(detail)}`;
  const period = formatChoice(choice);
  return period === formatChoice(DEFAULT_CHOICE) ? `#/${path}` : `#/${path}?period=${period}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `all`, `week`, `month`, `year`, `2026`, `2026-03`, `last-30` or `2026-01-01..2026-03-31`. */
export function formatChoice(choice: PeriodChoice): string {
  switch (choice.kind) {
    case 'last':
      return `last-${choice.days}`;
    case 'oneYear':
      return String(choice.year);
    case 'oneMonth':
      return toIsoMonth(choice.month);
    case 'own':
      return `${toIsoDay(choice.from)}..${toIsoDay(choice.until)}`;
    case 'all':
    case 'month':
    case 'week':
    case 'year':
      return choice.kind;
  }
}

/** Undefined for a text that `formatChoice` does not write, and for years before 1970. */
export function parseChoice(text: string): PeriodChoice | undefined {
  if (text === 'all' || text === 'week' || text === 'month' || text === 'year') {
    return { kind: text };
  }
  const [, days, month] = /^(?:last-([1-9]\d{0,4})|(\d{4}-\d\d))$/.exec(text) ?? [];
  if (days !== undefined) return { kind: 'last', days: Number(days) };
  if (/^\d{4}$/.test(text) && Number(text) >= 1970) return { kind: 'oneYear', year: Number(text) };
  return month === undefined ? parseOwn(text) : parseMonth(month);
}

function parseMonth(text: string): PeriodChoice | undefined {
  const day = parseIsoDay(`${text}-01`);
  return day === undefined || day < 0 ? undefined : { kind: 'oneMonth', month: monthOf(day) };
}

function parseOwn(text: string): PeriodChoice | undefined {
  const [from, until] = text.split('..').map(parseIsoDay);
  return from === undefined || until === undefined || until < from
    ? undefined
    : { kind: 'own', from, until };
}
