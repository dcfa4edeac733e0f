import type { ComponentChild, VNode } from 'preact';
import { toCount, toPercent } from '../format.ts';

type TileProps = {
  readonly name: string;
  readonly value: string;
  /** It is what the page counts by. */
  readonly isMain?: boolean;
  readonly children?: ComponentChild;
};

export function Tiles({ children }: { readonly children: ComponentChild }): VNode {
  return <dl class="tiles">{children}</dl>;
}

export function Tile({ children, isMain, name, value }: TileProps): VNode {
  return (
    <div class={isMain ? 'main' : undefined}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {children !== undefined && <small>{children}</small>}
      </dd>
    </div>
  );
}

type ChangeProps = {
  readonly now: number;
  /** Undefined without a period before. */
  readonly before: number | undefined;
};

/** How much more or less than in the period before. */
export function Change({ before, now }: ChangeProps): VNode | null {
  if (before === undefined) return null;
  if (before === 0) return <>nothing before</>;
  const share = now / before - 1;
  if (Math.abs(share) < 0.005) return <>the same as before: {toCount(before)}</>;
  const [sign, words] = share > 0 ? ['▲', 'more than'] : ['▼', 'less than'];
  return (
    <>
      <span class="change" aria-hidden="true">
        {sign}{' '}
      </span>
      {toPercent(Math.abs(share))} <span class="sr-only">{words} before,</span> from{' '}
      {toCount(before)}
    </>
  );
}
