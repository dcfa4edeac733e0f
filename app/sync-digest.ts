/** What pairs have done since the last digest, and the digest as a mail. Pure. */
import * as z from 'zod/mini';
import { isFailure, type PairResult, type PairState } from './sync-result.ts';

export const savedSchema = z.object({
  added: z.number(),
  removed: z.number(),
  /** Taken out of an inbox. */
  cleared: z.number(),
  present: z.number(),
  not_copyable: z.number(),
  /** The first of them. */
  titles: z.array(z.string()),
  target_id: z.exactOptional(z.string()),
  /** What a person must know about it. */
  note: z.exactOptional(z.string()),
});
export type Saved = z.infer<typeof savedSchema>;

export type Mail = { readonly subject: string; readonly text: string };

const MAX_TITLES = 10;

/** Counts add up; what was there already, and the note, are those of the last run. */
export function addUp(
  saved: Readonly<Record<string, Saved>>,
  results: readonly PairResult[],
): Record<string, Saved> {
  const all = new Map(Object.entries(saved));
  for (const result of results) all.set(result.name, addTo(all.get(result.name) ?? NONE, result));
  return Object.fromEntries(all);
}

const NONE: Saved = { added: 0, removed: 0, cleared: 0, present: 0, not_copyable: 0, titles: [] };

function addTo(earlier: Saved, result: PairResult): Saved {
  const { added, cleared, message, notCopyable, present, removed, state, targetId } = result;
  const isNoted = isFailure(result) || state === 'held' || state === 'waiting';
  const { not_copyable, present: were } = earlier;
  const seen = isFailure(result) ? { present: were, not_copyable } : undefined;
  return {
    added: earlier.added + added,
    removed: earlier.removed + removed,
    cleared: earlier.cleared + cleared,
    ...(seen ?? { present, not_copyable: notCopyable }),
    titles: [...earlier.titles, ...result.titles].slice(0, MAX_TITLES),
    ...(targetId !== undefined && { target_id: targetId }),
    ...(isNoted && { note: `${toWord(state)}: ${message}` }),
  };
}

const toWord = (state: PairState): string => (state === 'later' ? 'failed' : state);

export const isNothing = ({ added, cleared, note, removed }: Saved): boolean =>
  added + cleared + removed === 0 && note === undefined;

type DigestAbout = { readonly stage: string; readonly loginDays: number | undefined };

export function toDigest(
  saved: Readonly<Record<string, Saved>>,
  { loginDays, stage }: DigestAbout,
): Mail {
  const all = Object.values(saved);
  const sum = (of: keyof Counted): number => all.reduce((total, each) => total + each[of], 0);
  const login = loginDays === undefined ? '' : `; login ends in ${loginDays} days`;
  const counts = toLine({
    ...{ added: sum('added'), removed: sum('removed'), cleared: sum('cleared') },
    ...{ present: sum('present'), not_copyable: sum('not_copyable') },
  });
  return {
    subject: toSubject(`spotify-etl ${stage}: ${counts}`),
    text: [`${counts}${login}`, ...Object.entries(saved).flatMap(toLines)].join('\n'),
  };
}

type Counted = Pick<Saved, 'added' | 'removed' | 'cleared' | 'present' | 'not_copyable'>;

function toLine({ added, cleared, not_copyable, present, removed }: Counted): string {
  const further = [
    removed > 0 ? `, ${removed} removed` : '',
    cleared > 0 ? `, ${cleared} taken out of an inbox` : '',
    `, ${present} already there`,
    `, ${not_copyable} not copyable`,
  ];
  return `${added} saved${further.join('')}`;
}

function toLines([name, saved]: readonly [string, Saved]): string[] {
  const { added, note, target_id, titles } = saved;
  const more = added - titles.length;
  return [
    '',
    `${name}: ${toLine(saved)}`,
    ...titles.map((title) => `  ${title}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(note === undefined ? [] : [`  ${note}`]),
    ...(added > 0 && target_id !== undefined
      ? [`  https://open.spotify.com/playlist/${target_id}`]
      : []),
  ];
}

/** SNS takes 100 characters of ASCII. */
export function toSubject(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, 100);
}
