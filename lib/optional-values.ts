/** Values from outside that only fill a column: one in an odd form must not cost the rest. */
import { AsyncLocalStorage } from 'node:async_hooks';
import * as z from 'zod/mini';

const leftOut = new AsyncLocalStorage<{ count: number }>();

/** A value that only fills a column: in a form that does not fit it counts as absent, and is counted. */
export function optional<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniCatch<z.ZodMiniOptional<z.ZodMiniNullable<Schema>>> {
  return z.catch(z.nullish(schema), leaveOut);
}

/** The same for a member of a list, where null does not fit either. */
export function optionalMember<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniCatch<z.ZodMiniOptional<Schema>> {
  return z.catch(z.optional(schema), leaveOut);
}

function leaveOut(): undefined {
  const counter = leftOut.getStore();
  if (counter !== undefined) counter.count += 1;
}

/** Runs a parser, and counts the optional values that it left out because they did not fit. */
export function countLeftOut<Parsed>(parse: () => Parsed): [parsed: Parsed, leftOut: number] {
  const counter = { count: 0 };
  return [leftOut.run(counter, parse), counter.count];
}
