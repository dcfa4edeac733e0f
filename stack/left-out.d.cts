import type { Plugin } from 'esbuild';

type LeftOut = Readonly<Record<string, readonly string[]>>;

declare function plugins(options: {
  readonly service: { readonly custom: { readonly leftOut: LeftOut } };
}): Plugin[];
export = plugins;
