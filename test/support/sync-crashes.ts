/** A process that is killed: at one of its calls, before or after it was made. */
import type { SyncPorts } from '../../etl/pipelines/sync-planning.ts';

export class Crash extends Error {}

export type CrashAt = { readonly at: number; readonly isAfter: boolean };

/** From then on no call of this process does anything. */
export function crashing(ports: SyncPorts, { at, isAfter }: CrashAt): SyncPorts {
  let calls = 0;
  let isDead = false;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          const call = (): unknown => Reflect.apply(method, target, args);
          // What is read in pages counts as a part of the call before.
          if (name === 'listFurtherPages') return call();
          return (async () => {
            if (isDead) throw new Crash();
            calls += 1;
            const isHere = calls > at;
            isDead = isHere;
            if (isHere && !isAfter) throw new Crash();
            const result: unknown = await call();
            if (isHere) throw new Crash();
            return result;
          })();
        };
      },
    });
  const { journal, source, writer } = ports;
  return { ...ports, journal: wrap(journal), source: wrap(source), writer: wrap(writer) };
}
