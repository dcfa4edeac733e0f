import * as z from 'zod';
import { jsonSchema } from './json.ts';

/** Faults that replace the answer; nothing of the playlist is read. */
const replacingSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.enum(['json', 'text', 'html', 'empty']),
    message: z.string().optional(),
    reason: z.string().optional(),
    /** Sent as it stands, so it may be malformed; seconds or a date otherwise. */
    retryAfter: z.string().optional(),
    /** Where a redirect leads. */
    location: z.string().optional(),
  }),
  z.object({ type: z.literal('html-200') }),
  z.object({ type: z.literal('token-refused'), message: z.string() }),
]);

/** Faults that act before the normal answer is made. */
const preparingSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('delay'), ms: z.int().nonnegative() }),
  z.object({
    type: z.literal('change-playlist'),
    change: z.enum(['append', 'remove-first', 'repeat-first', 'move-last']),
    /** The playlist of the request where left out. */
    playlistId: z.string().optional(),
  }),
  z.object({ type: z.literal('short-page'), items: z.int().positive() }),
  z.object({ type: z.literal('repeat-page') }),
]);

/** Where a value is in a reply, such as `['items', 'items', 0, 'item', 'id']`. */
const jsonPathSchema = z
  .array(z.union([z.string(), z.int().nonnegative()]))
  .min(1)
  .readonly();

/** Faults inside a well-formed answer. */
const pageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('total-off'), by: z.int() }),
  z.object({ type: z.literal('next-null') }),
  z.object({ type: z.literal('next-host'), host: z.string() }),
  z.object({ type: z.literal('next-self') }),
  z.object({ type: z.literal('empty-page') }),
]);

/** Any value at any place of a JSON answer; without a value the field is gone. Places that are not there are passed over. */
const valuesSchema = z.object({
  type: z.literal('odd-values'),
  values: z.array(z.object({ path: jsonPathSchema, value: jsonSchema.optional() })).readonly(),
});

/** The request is carried out, and answered as if it had failed. */
const lostSchema = z.object({ type: z.literal('applied-but'), status: z.int().min(400).max(599) });

/** Faults on the way: the answer is right, what arrives is not. */
const deliverySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hang') }),
  z.object({
    type: z.literal('reset'),
    when: z.enum(['before-headers', 'after-headers', 'mid-body']),
  }),
  z.object({ type: z.literal('truncate'), chunked: z.boolean().optional() }),
  z.object({ type: z.literal('half-json') }),
  z.object({ type: z.literal('truncated-gzip') }),
  z.object({ type: z.literal('trickle'), everyMs: z.int().positive().optional() }),
  z.object({
    type: z.literal('padded'),
    /** Of blanks, before they are zipped; without an end where left out. */
    megabytes: z.int().positive().optional(),
    gzip: z.boolean().optional(),
  }),
]);

export const faultActionSchema = z.discriminatedUnion('type', [
  replacingSchema,
  preparingSchema,
  pageSchema,
  valuesSchema,
  lostSchema,
  deliverySchema,
]);

export type ReplacingAction = z.infer<typeof replacingSchema>;
export type PreparingAction = z.infer<typeof preparingSchema>;
export type PageAction = z.infer<typeof pageSchema>;
export type OddValue = z.infer<typeof valuesSchema>['values'][number];
export type DeliveryAction = z.infer<typeof deliverySchema>;

/** What goes wrong, once a fault strikes. */
export type FaultAction = z.infer<typeof faultActionSchema>;

/** A mishap on request: the first fault in order of adding that matches a request strikes it, no other. */
export type Fault = {
  /** All given must hold; nothing given matches every request. */
  readonly match?: {
    /** Tested on the path, without its query. */
    readonly path?: RegExp | undefined;
    /** The request's `offset`; one without counts as 0, so name the path too. */
    readonly offset?: number | undefined;
    /** In capitals, as `GET`. */
    readonly method?: string | undefined;
  };
  /** Matching requests that pass unharmed first; 0 where left out. */
  readonly skip?: number;
  /** How many requests it strikes; 1 where left out. */
  readonly times?: number | 'always';
  readonly action: FaultAction;
};

/** What a fault looks at in a request. */
type FaultTarget = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
};

export type FaultQueue = {
  add: (fault: Fault) => void;
  clear: () => void;
  /** What strikes this request, if anything; counts it against the fault's `skip` and `times`. */
  take: (target: FaultTarget) => FaultAction | undefined;
};

/** Starts with no faults. */
export function createFaultQueue(): FaultQueue {
  let waiting: { fault: Fault; skip: number; times: number }[] = [];
  return {
    add: (fault) => {
      const times = fault.times === 'always' ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
      waiting.push({ fault, skip: fault.skip ?? 0, times });
    },
    clear: () => {
      waiting = [];
    },
    take: (target) => {
      for (const entry of waiting) {
        if (entry.times < 1 || !matches(entry.fault, target)) continue;
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

function matches({ match = {} }: Fault, { method, path, query }: FaultTarget): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  // `search` starts anew each time; `test` would remember its place in a global expression.
  if (match.path !== undefined && path.search(match.path) < 0) return false;
  return match.offset === undefined || match.offset === Number(query.offset ?? 0);
}

function typesOf(schema: {
  readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
}): ReadonlySet<string> {
  return new Set(schema.options.map(({ shape }) => shape.type.value));
}

const REPLACING = typesOf(replacingSchema);
const PREPARING = typesOf(preparingSchema);
const PAGE = typesOf(pageSchema);
const DELIVERY = typesOf(deliverySchema);

export function isReplacing(action: FaultAction): action is ReplacingAction {
  return REPLACING.has(action.type);
}

export function isPreparing(action: FaultAction): action is PreparingAction {
  return PREPARING.has(action.type);
}

export function isPageFault(action: FaultAction): action is PageAction {
  return PAGE.has(action.type);
}

export function isDelivery(action: FaultAction): action is DeliveryAction {
  return DELIVERY.has(action.type);
}
