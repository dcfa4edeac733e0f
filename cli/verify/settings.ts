import * as z from 'zod/mini';
import { readOptionsSchema } from '../shared/read-options.ts';
import { appOptionsSchema } from '../shared/table-options.ts';

/** The command line, parsed. */
export const optionsSchema = z.object({
  ...readOptionsSchema.shape,
  ...appOptionsSchema.shape,
  repair: z._default(z.boolean(), false),
  yes: z._default(z.boolean(), false),
  json: z._default(z.boolean(), false),
  quiet: z._default(z.boolean(), false),
});

export type VerifyCommandOptions = z.infer<typeof optionsSchema>;
