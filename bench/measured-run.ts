import * as z from 'zod';
import { type ChildOptions, runChild } from './children.ts';
import { type Measurement } from './programs/measure.ts';

export const measurementSchema = z.object({
  wallMs: z.number(),
  cpuMs: z.number(),
  peakRssMb: z.number(),
  outcome: z.optional(z.unknown()),
}) satisfies z.ZodType<Measurement>;

/** The measures of a program, and its result. */
export type MeasuredRun = z.infer<typeof measurementSchema>;

/** Runs one of `programs/` once, in a separate process. */
export async function runMeasured(program: string, options: ChildOptions): Promise<MeasuredRun> {
  return measurementSchema.parse(await runChild(program, options));
}
