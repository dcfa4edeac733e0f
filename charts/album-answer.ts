/** What the figures say, in sentences for people who do not read figures. */

import type { AlbumTrend } from '../etl/model/album-trend.ts';
import { toFixed } from './chart.ts';

/** The answer first, then what is needed to judge it. */
export function toAnswer(trend: AlbumTrend): string[] {
  const { artists, artists_total, families, families_total, verdict, years } = trend;
  const basis = `This is what ${families} of ${families_total} albums by ${artists} of ${artists_total} artists say${years ? `, released from ${years[0]} to ${years[1]}` : ''}.`;
  if (verdict === 'too_little') {
    return ['There are too few albums or artists to say.', basis];
  }
  return [
    ANSWERS[verdict](trend),
    basis,
    ...(trend.is_interval_trusted
      ? []
      : [
          `With ${artists} ${artists === 1 ? 'artist' : 'artists'}, the interval is too narrow to trust: samples of so few vary less than artists do. Take 20 or more.`,
        ]),
  ];
}

type Sentence = (trend: AlbumTrend) => string;

const ANSWERS: Readonly<Record<Exclude<AlbumTrend['verdict'], 'too_little'>, Sentence>> = {
  shorter: (trend) =>
    trend.is_interval_trusted
      ? `Yes. They get about ${size(trend)} shorter in each decade; very likely between ${range(trend)}.`
      : `Perhaps. These albums get about ${size(trend)} shorter in each decade.`,
  longer: (trend) =>
    trend.is_interval_trusted
      ? `No, they get longer: by about ${size(trend)} in each decade; very likely by between ${range(trend)}.`
      : `Perhaps not. These albums get about ${size(trend)} longer in each decade.`,
  unclear: (trend) =>
    `There is no clear trend. The best guess is ${signed(trend.slope_minutes_per_decade)} minutes in a decade, but anything between ${signed(trend.interval?.[0])} and ${signed(trend.interval?.[1])} fits these albums.`,
  composition: (trend) =>
    `It is a matter of composition, not a trend. Over all albums the length changes by ${signed(trend.slope_minutes_per_decade)} minutes in a decade, but by ${signed(trend.within_artist_slope)} among albums of the same artist: early and late albums are by different artists.`,
};

function size({ slope_minutes_per_decade: slope = 0 }: AlbumTrend): string {
  return `${Math.abs(slope).toFixed(1)} minutes`;
}

/** Without signs, the smaller first. */
function range({ interval = [0, 0] }: AlbumTrend): string {
  const [low = 0, high = 0] = interval.map(Math.abs).sort((one, other) => one - other);
  return `${low.toFixed(1)} and ${high.toFixed(1)} minutes`;
}

const signed = (value = 0): string => `${value > 0 ? '+' : ''}${toFixed(value)}`;
