import { systemClock } from '../lib/system-clock.ts';
import { createDocumentClient } from '../stores/dynamodb/document-client.ts';
import { Executions } from '../stores/stepfunctions/executions.ts';
import type { RunsPlace } from './runs.ts';

const DESCRIBE_MS = 20_000;

/** Whether the machine's execution of this name is at work; throws as `Executions.describe`. */
export async function isRunning({ machine }: RunsPlace, name: string): Promise<boolean> {
  if (machine === undefined) return false;
  const executions = new Executions(machine, createDocumentClient({ maxAttempts: 1 }));
  const deadlineAt = systemClock.now() + DESCRIBE_MS;
  const found = await executions.describe(name, { clock: systemClock, deadlineAt });
  return found !== undefined && found.endedAt === undefined;
}
