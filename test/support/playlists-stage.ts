/** The state machine `playlists` as packaged, with its functions, its queue and its bucket, in a world on virtual time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../app/app.ts';
import { openBucket } from '../../app/bucket.ts';
import { parseConfig } from '../../app/config.ts';
import { createListHandler } from '../../handlers/list.ts';
import { createLoadHandler } from '../../handlers/load.ts';
import { createRecordHandler } from '../../handlers/record.ts';
import { packagedStack } from './packaged-stack.ts';
import { type S3Server, startS3Server } from './s3-server.ts';
import { type Definition, execute } from './state-machine.ts';
import { createWorld, remainingTime, type World, type WorldOptions } from './world.ts';

const BUCKET = 'playlists-bucket';
export const FILE = `${BUCKET}/playlists.csv`;

export type Execution = {
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** The states that were entered, children's too. */
  readonly states: readonly string[];
};

export type PlaylistsStage = {
  readonly world: World;
  readonly s3: S3Server;
  /** Messages that could not be recorded. */
  readonly deadLetters: readonly string[];
  /** Starts an execution, and ends when its answers are recorded. */
  run: (event?: unknown) => Promise<Execution>;
  /** Called before each task; throws as a function that is ended does. */
  onTask: (resource: string) => void | Promise<void>;
  close: () => Promise<void>;
};

const MAX_RECEIVES = 5;
const FULL_TIME_MS = 900_000;

export async function openPlaylistsStage(options?: WorldOptions): Promise<PlaylistsStage> {
  const [world, s3, { template }] = await Promise.all([
    createWorld(options),
    startS3Server(),
    packagedStack('dev'),
  ]);
  const { clock } = world;
  const definition = template.Resources.PlaylistsMachine?.Properties.Definition as Definition;
  const running = new Set<string>();
  const deadLetters: string[] = [];
  let executions = 0;
  let tasks = 0;
  const stage: PlaylistsStage = {
    world,
    s3,
    deadLetters,
    onTask: () => undefined,
    run: async (event = {}) => {
      executions += 1;
      const name = `execution-${executions}`;
      const states: string[] = [];
      const record = createRecord(stage, deadLetters);
      const context = {
        Execution: { Name: name, Input: event, StartTime: new Date(clock.now()).toISOString() },
        State: { EnteredTime: new Date(clock.now()).toISOString() },
      };
      const functions = createFunctions(stage, running);
      running.add(name);
      try {
        await execute(definition, event, {
          context,
          // Time passes once nobody is at work.
          sleep: async (ms) => {
            const until = clock.now() + ms;
            while (tasks > 0) await sleep(1);
            clock.jump(Math.max(0, until - clock.now()));
          },
          onState: (state) => states.push(state),
          readItems: () => readDue(s3),
          runTask: async (resource, input) => {
            tasks += 1;
            try {
              await stage.onTask(resource);
              return resource.endsWith('sqs:sendMessage')
                ? record.send(input)
                : await functions[resource]?.(input);
            } finally {
              tasks -= 1;
            }
          },
        });
        return { status: 'SUCCEEDED', states };
      } catch (error) {
        states.push(String(error));
        return { status: 'FAILED', states };
      } finally {
        running.delete(name);
        await record.done();
      }
    },
    close: async () => {
      await Promise.all([world.close(), s3.close()]);
    },
  };
  return stage;
}

type Function = (input: unknown) => Promise<unknown>;

let invocations = 0;

/** Each with a memory of its own. */
function createFunctions(
  { s3, world }: PlaylistsStage,
  running: ReadonlySet<string>,
): Readonly<Record<string, Function>> {
  const { clock, environment } = world;
  const getApp = () => createApp(parseConfig(environment), { clock });
  const open = openBucket({ bucket: BUCKET, region: 'us-east-1', endpoint: s3.url });
  const list = createListHandler({
    clock,
    getApp: () => ({ ...getApp(), isAtWork: (name) => Promise.resolve(running.has(name)) }),
    openFiles: () => open,
  });
  const load = createLoadHandler({ clock, getApp });
  const invoke =
    (handler: typeof list | typeof load): Function =>
    (input) => {
      invocations += 1;
      return handler(input, {
        awsRequestId: `run-${invocations}`,
        getRemainingTimeInMillis: () => remainingTime(clock, FULL_TIME_MS),
      });
    };
  return { ListLambdaFunction: invoke(list), LoadLambdaFunction: invoke(load) };
}

/** A FIFO queue of one group: batches one after the other, each again until it is done or given up. */
function createRecord({ s3 }: PlaylistsStage, deadLetters: string[]) {
  const open = openBucket({ bucket: BUCKET, region: 'us-east-1', endpoint: s3.url });
  const record = createRecordHandler(() => open);
  const messages: string[] = [];
  let work: Promise<void> = Promise.resolve();
  const receive = async (): Promise<void> => {
    const bodies = messages.splice(0, 10);
    if (bodies.length === 0) return;
    const Records = bodies.map((body, messageId) => ({ messageId: String(messageId), body }));
    for (let receives = 0; receives < MAX_RECEIVES; receives += 1) {
      try {
        await record({ Records });
        return;
      } catch {
        // It is received again.
      }
    }
    deadLetters.push(...bodies);
  };
  return {
    send: (input: unknown): object => {
      const { MessageBody } = input as { MessageBody: unknown };
      messages.push(JSON.stringify(MessageBody));
      work = work.then(receive);
      return { MessageId: String(messages.length) };
    },
    done: () => work,
  };
}

/** As the map reads it. */
function readDue(s3: S3Server): Readonly<Record<string, unknown>>[] {
  const [header = '', ...lines] = (s3.read(`${BUCKET}/due.csv`) ?? '').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
  });
}
