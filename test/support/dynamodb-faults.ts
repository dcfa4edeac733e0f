/** What DynamoDB and the way to it can do to a call: mishaps on request, for the fault proxy. */
import type { WireItem } from './wire-size.ts';

export const FOREIGN_BODIES = ['<html><body>Welcome</body></html>', '', '{}'] as const;

export type DynamodbAction =
  /** A part of a batch stays unprocessed: all of it, every other unit, or units with this text. */
  | {
      readonly type: 'unprocessed';
      readonly which: 'all' | 'every-other' | { readonly text: string };
    }
  /** An error answer; nothing is applied. */
  | {
      readonly type: 'error';
      readonly name: string;
      /** 400 where not said. */
      readonly status?: number;
      /** Part of a throttling error since 2025. */
      readonly reasons?: readonly string[];
    }
  /** The connection breaks before the call is applied, or after it, so that the answer is lost. */
  | { readonly type: 'reset'; readonly when: 'before' | 'after' }
  /** Applied, and the answer breaks off in its middle, or goes no further than that. */
  | { readonly type: 'cut' }
  | { readonly type: 'stall' }
  /** Nothing is applied: some proxy in between answers 200 with a page, an empty body or an empty object. */
  | { readonly type: 'foreign-200'; readonly body: (typeof FOREIGN_BODIES)[number] }
  /** No answer, for ever; nothing is applied. */
  | { readonly type: 'hang' }
  /** Applied, late. */
  | { readonly type: 'slow'; readonly ms: number }
  /** Applied, and the answer has a field that no SDK knows. */
  | { readonly type: 'unknown-field' };

/** The first fault in order of adding that matches a call strikes it, no other. */
export type DynamodbFault = {
  /** All given must hold; nothing given matches every call. */
  readonly match?: {
    readonly operation?: string;
    /** Found in the request as text: a table's name, a key. */
    readonly text?: string;
  };
  /** Matching calls that pass unharmed first; 0 where left out. */
  readonly skip?: number;
  /** How many calls it strikes; 1 where left out. */
  readonly times?: number | 'always';
  readonly action: DynamodbAction;
};

export type DynamodbFaults = {
  readonly add: (...faults: readonly DynamodbFault[]) => void;
  readonly clear: () => void;
  /** What strikes this call, if anything; counts it against the fault's `skip` and `times`. */
  readonly take: (operation: string, body: string) => DynamodbAction | undefined;
};

/** Starts with no faults. */
export function createDynamodbFaults(): DynamodbFaults {
  let waiting: { fault: DynamodbFault; skip: number; times: number }[] = [];
  return {
    add: (...faults) => {
      for (const fault of faults) {
        const times = fault.times === 'always' ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
        waiting.push({ fault, skip: fault.skip ?? 0, times });
      }
    },
    clear: () => {
      waiting = [];
    },
    take: (operation, body) => {
      for (const entry of waiting) {
        if (entry.times < 1 || !strikes(entry.fault, operation, body)) continue;
        if (entry.skip > 0) entry.skip -= 1;
        else {
          entry.times -= 1;
          return entry.fault.action;
        }
      }
      return undefined;
    },
  };
}

function strikes({ action, match = {} }: DynamodbFault, operation: string, body: string): boolean {
  // Only batches can have unprocessed units.
  if (action.type === 'unprocessed' && !operation.startsWith('Batch')) return false;
  if (match.operation !== undefined && match.operation !== operation) return false;
  return match.text === undefined || body.includes(match.text);
}

/** A batch request: its units by table, puts or keys alike. */
export type WireBatch = { readonly RequestItems: Readonly<Record<string, unknown>> };
type KeysRequest = { readonly Keys: readonly WireItem[] };

/** Splits a batch, of puts or of keys, into forwarded and unprocessed units. */
export function partBatch(
  { RequestItems }: WireBatch,
  which: Extract<DynamodbAction, { type: 'unprocessed' }>['which'],
): { readonly taken: WireBatch; readonly left: WireBatch['RequestItems'] } {
  let index = 0;
  const isLeft = (unit: unknown): boolean => {
    index += 1;
    if (typeof which === 'object') return JSON.stringify(unit).includes(which.text);
    return which === 'all' || index % 2 === 0;
  };
  const parted = Object.entries(RequestItems).map(([table, request]) => {
    const units = unitsOf(request);
    const left = units.filter(isLeft);
    const taken = units.filter((unit) => !left.includes(unit));
    return { table, left: withUnits(request, left), taken: withUnits(request, taken) };
  });
  const collect = (side: 'left' | 'taken'): WireBatch['RequestItems'] =>
    Object.fromEntries(
      parted
        .map((part) => [part.table, part[side]] as const)
        .filter(([, request]) => unitsOf(request).length > 0),
    );
  return { taken: { RequestItems: collect('taken') }, left: collect('left') };
}

function unitsOf(request: unknown): readonly unknown[] {
  return Array.isArray(request) ? request : (request as KeysRequest).Keys;
}

function withUnits(request: unknown, units: readonly unknown[]): unknown {
  return Array.isArray(request) ? units : { ...(request as KeysRequest), Keys: units };
}
