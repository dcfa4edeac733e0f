import type { VNode } from 'preact';
import { NO_NAME } from '../format.ts';

/** A name in its own direction, whatever is in it. */
export function Name({ text }: { readonly text: string }): VNode {
  return text.trim() === '' ? (
    <span class="nameless">{NO_NAME}</span>
  ) : (
    <bdi title={text}>{text}</bdi>
  );
}
