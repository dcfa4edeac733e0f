import { Fragment, type VNode } from 'preact';
import type { Totals } from '../../numbers/totals.ts';
import { toCount } from '../format.ts';

type BothProps = { readonly music: Totals; readonly spoken: Totals };

export function NotCounted({ music, spoken }: BothProps): VNode {
  const rows: readonly (readonly [string, number, string])[] = [
    ['Too short', music.short + spoken.short, 'under 30 seconds: not a play, but in the minutes'],
    ['Left out', music.leftOut + spoken.leftOut, 'by you, with plays leave-out: in no figure'],
    ['Without a name', music.unnamed + spoken.unnamed, 'a play, but in no list'],
    [
      'Length not known',
      music.unknownLength + spoken.unknownLength,
      'only polled: taken as the whole song',
    ],
  ];
  return (
    <section class="card">
      <h2>What is not counted, or guessed</h2>
      <dl class="lines">
        {rows.map(([name, count, what]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              {toCount(count)} <small>{what}</small>
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
