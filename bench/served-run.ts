/** A measured run against fresh servers. */
import * as z from 'zod';
import { type Child, startChild } from './children.ts';
import { type MeasuredRun, measurementSchema } from './measured-run.ts';
import { type Traffic, trafficSchema } from './traffic.ts';
import { type Workshop } from './workshop.ts';

export const serverOptionsSchema = z.object({
  /** Items of the playlist to serve. */
  size: z.number(),
  /** How long the simulated Spotify waits before every answer. */
  latencyMs: z.number(),
  /** Whether rows lack half of their optional attributes. */
  isSparse: z.boolean(),
  /** Where the requests of each load are written to. */
  recordingPaths: z.array(z.string()),
});

export type ServerOptions = z.infer<typeof serverOptionsSchema>;

export const readySchema = z.object({
  playlistId: z.string(),
  /** What points a function at these servers. */
  environment: z.record(z.string(), z.string()),
});

/** What a program measured, and what the servers saw of it. */
export type ServedLoad = MeasuredRun & { readonly traffic: Traffic };

/** Loads of one process, each into empty tables: the first cold, with the load of the code, `warm` more after it. */
export type LoadOptions = Omit<ServerOptions, 'recordingPaths'> & {
  readonly warm: number;
  readonly recordingPaths?: readonly string[];
};

/** Loads by the packaged function; throws where one did not load the whole playlist. */
export async function runOurs(workshop: Workshop, options: LoadOptions): Promise<ServedLoad[]> {
  const loads = await runServed(workshop, options, (playlistId) => ({
    program: workshop.program('ingest'),
    args: [workshop.packaged.path, playlistId, String(options.warm)],
  }));
  for (const { outcome } of loads) requireLoaded(outcome, options.size);
  return loads;
}

/** The requests of the recordings once more, one recording for each load. */
export function runFloor(
  workshop: Workshop,
  recordingPaths: readonly string[],
  options: LoadOptions,
): Promise<ServedLoad[]> {
  return runServed(workshop, options, () => ({
    program: workshop.program('floor'),
    args: [workshop.program('document-client'), ...recordingPaths],
  }));
}

type Invocation = { readonly program: string; readonly args: readonly string[] };

async function runServed(
  { nodeEnvironment }: Workshop,
  { warm, ...options }: LoadOptions,
  toInvocation: (playlistId: string) => Invocation,
): Promise<ServedLoad[]> {
  const serverOptions = { ...options, recordingPaths: [...(options.recordingPaths ?? [])] };
  const servers = startChild(require.resolve('./servers.ts'), {
    args: [JSON.stringify(serverOptions satisfies ServerOptions)],
    nodeOptions: ['--import', 'tsx'],
  });
  let measured: Child | undefined;
  try {
    const { environment, playlistId } = readySchema.parse(await servers.receive());
    const { program, args } = toInvocation(playlistId);
    measured = startChild(program, { args, environment: { ...environment, ...nodeEnvironment } });
    const loads = [await receiveLoad(measured.receive(), servers)];
    while (loads.length <= warm) {
      const message = measured.receive();
      measured.send('again');
      loads.push(await receiveLoad(message, servers));
    }
    return loads;
  } finally {
    measured?.kill();
    servers.kill();
  }
}

/** One load's measurement, and what the servers saw of it; then their tables are empty again. */
async function receiveLoad(message: Promise<unknown>, servers: Child): Promise<ServedLoad> {
  const measurement = measurementSchema.parse(await message);
  const traffic = servers.receive();
  servers.send('next');
  return { ...measurement, traffic: trafficSchema.parse(await traffic) };
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
