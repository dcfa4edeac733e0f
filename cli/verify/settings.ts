import * as z from 'zod/mini';
import { STORES } from '../app-settings.ts';
import { readOptionsSchema } from '../read-options.ts';

/** The command line, parsed. */
export const optionsSchema = z.object({
  ...readOptionsSchema.shape,
  store: z.optional(z.enum(STORES)),
  repair: z._default(z.boolean(), false),
  yes: z._default(z.boolean(), false),
  json: z._default(z.boolean(), false),
  quiet: z._default(z.boolean(), false),
});

export type VerifyCommandOptions = z.infer<typeof optionsSchema>;
