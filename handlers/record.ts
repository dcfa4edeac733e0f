import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { createObjectStore, type OpenObject, openBucket } from '../app/bucket.ts';
import { parseBucketPlace } from '../app/config.ts';
import { parseJson } from '../lib/parse-json.ts';
import { type DueAnswer, dueAnswerSchema, recordAnswers } from '../trigger/due-rows.ts';
import { editStore } from '../trigger/playlists-store.ts';
import { publishRecordedRows } from './http/metrics.ts';

type Batch = { readonly Records: readonly Pick<SQSRecord, 'body' | 'messageId'>[] };

const answersSchema = z.array(dueAnswerSchema);
/** Answers, or that those of an execution are in `settled.json`. */
const messageSchema = z.union([
  z.object({ answers: answersSchema }),
  z.object({ settled: z.string() }),
]);

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Writes the answers of a batch into the playlists file, over no edit. A message that cannot be read is returned; where the file
 * cannot be read or written it throws, and the queue sends the whole batch again.
 */
export function createRecordHandler(openFiles: () => OpenObject) {
  return async ({ Records: messages }: Batch): Promise<SQSBatchResponse> => {
    const open = openFiles();
    const found = await Promise.all(messages.map(({ body }) => readAnswers(open, body)));
    const answers = found.flatMap((some) => some ?? []);
    const store = createObjectStore(open('playlists.csv'));
    const { rows } = await editStore(store, (source) => recordAnswers(source, answers));
    publishRecordedRows(rows);
    logger.info('answers recorded', { messages: messages.length, ...rows });
    const unread = messages.filter((_, at) => found[at] === undefined);
    return { batchItemFailures: unread.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

async function readAnswers(open: OpenObject, body: string): Promise<DueAnswer[] | undefined> {
  const message = messageSchema.safeParse(parseJson(body)).data;
  if (message === undefined || 'answers' in message) return message?.answers;
  const settled = await open('settled.json').find();
  return answersSchema.safeParse(parseJson(settled?.body.toString() ?? '')).data;
}

export const handler = createRecordHandler(() => openBucket(parseBucketPlace()));
