/** A measured run against fresh servers. */
import * as z from 'zod';
import { startChild } from './children.ts';
import { type MeasuredRun, runMeasured } from './measured-run.ts';
import { type Traffic, trafficSchema } from './traffic.ts';
import { type Workshop } from './workshop.ts';

export const serverOptionsSchema = z.object({
  /** Items of the playlist to serve. */
  size: z.number(),
  /** How long the simulated Spotify waits before every answer. */
  latencyMs: z.number(),
  /** Where the requests are written to at the end. */
  recordingPath: z.optional(z.string()),
});

export type ServerOptions = z.infer<typeof serverOptionsSchema>;

export const readySchema = z.object({
  playlistId: z.string(),
  /** What points a function at these servers. */
  environment: z.record(z.string(), z.string()),
});

/** What a program told of itself, and what the servers saw of it. */
export type ServedRun = MeasuredRun & { readonly traffic: Traffic };

/** One load by the packaged function; throws where it did not load the whole playlist. */
export async function runOurs(workshop: Workshop, options: ServerOptions): Promise<ServedRun> {
  const run = await runServed(workshop, options, (playlistId) => ({
    program: workshop.program('ingest'),
    args: [workshop.packaged.path, playlistId],
  }));
  requireLoaded(run.outcome, options.size);
  return run;
}

/** The requests of a recording once more. */
export function runFloor(
  workshop: Workshop,
  recordingPath: string,
  options: ServerOptions,
): Promise<ServedRun> {
  return runServed(workshop, options, () => ({
    program: workshop.program('floor'),
    args: [recordingPath],
  }));
}

type Invocation = { readonly program: string; readonly args: readonly string[] };

async function runServed(
  { nodeEnvironment }: Workshop,
  options: ServerOptions,
  toInvocation: (playlistId: string) => Invocation,
): Promise<ServedRun> {
  const servers = startChild(require.resolve('./servers.ts'), {
    args: [JSON.stringify(options)],
    nodeOptions: ['--import', 'tsx'],
  });
  try {
    const { environment, playlistId } = readySchema.parse(await servers.receive());
    const { program, args } = toInvocation(playlistId);
    const measured = await runMeasured(program, {
      args,
      environment: { ...environment, ...nodeEnvironment },
    });
    const traffic = servers.receive();
    servers.send('stop');
    return { ...measured, traffic: trafficSchema.parse(await traffic) };
  } finally {
    servers.kill();
  }
}

const answerSchema = z.object({ statusCode: z.number(), body: z.string() });
const summarySchema = z.object({
  status: z.literal('loaded'),
  counts: z.object({ items: z.number() }),
});

function requireLoaded(outcome: unknown, size: number): void {
  const { statusCode, body } = answerSchema.parse(outcome);
  if (statusCode !== 200)
    throw new Error(`The load failed, so there is nothing to measure: ${body}`);
  const { counts } = summarySchema.parse(JSON.parse(body));
  if (counts.items !== size) throw new Error(`${counts.items} items loaded instead of ${size}.`);
}
