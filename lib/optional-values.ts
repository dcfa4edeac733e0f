/** Optional values from outside: an invalid one must not fail the rest. */
import { AsyncLocalStorage } from 'node:async_hooks';
import * as z from 'zod/mini';

const leftOut = new AsyncLocalStorage<{ count: number }>();

/** An optional value: an invalid one becomes absent, and is counted. */
export function optional<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniCatch<z.ZodMiniOptional<z.ZodMiniNullable<Schema>>> {
  return z.catch(z.nullish(schema), leaveOut);
}

/** The same for a member of a list, where null is invalid too. */
export function optionalMember<Schema extends z.ZodMiniType>(
  schema: Schema,
): z.ZodMiniCatch<z.ZodMiniOptional<Schema>> {
  return z.catch(z.optional(schema), leaveOut);
}

function leaveOut(): undefined {
  const counter = leftOut.getStore();
  if (counter !== undefined) counter.count += 1;
}

/** Runs a parser, and counts the invalid optional values that it left out. */
export function countLeftOut<Parsed>(parse: () => Parsed): [parsed: Parsed, leftOut: number] {
  const counter = { count: 0 };
  return [leftOut.run(counter, parse), counter.count];
}
