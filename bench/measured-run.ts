import * as z from 'zod';
import { type ChildOptions, runChild } from './children.ts';
import { type Measurement } from './programs/measure.ts';

export const measurementSchema = z.object({
  wallMs: z.number(),
  cpuMs: z.number(),
  peakRssMb: z.number(),
  outcome: z.optional(z.unknown()),
}) satisfies z.ZodType<Measurement>;

/** What a program took, and what came of it. */
export type MeasuredRun = z.infer<typeof measurementSchema>;

/** Runs one of `programs/` once, in a process of its own. */
export async function runMeasured(program: string, options: ChildOptions): Promise<MeasuredRun> {
  return measurementSchema.parse(await runChild(program, options));
}
