import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { createObjectStore, openBucket, type S3Object } from '../app/bucket.ts';
import { parseBucketPlace } from '../app/config.ts';
import { parseJson } from '../lib/parse-json.ts';
import { type DueAnswer, dueAnswerSchema, recordAnswers } from '../trigger/due-rows.ts';
import { editStore } from '../trigger/playlists-store.ts';
import { publishRecordedRows, type RecordedRows } from './http/metrics.ts';

type Files = Readonly<Record<'playlists' | 'settled', S3Object>>;

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
export function createRecordHandler(openFiles: () => Files) {
  return async ({ Records: messages }: Batch): Promise<SQSBatchResponse> => {
    const files = openFiles();
    const answers: DueAnswer[] = [];
    const batchItemFailures = [];
    for (const { body, messageId } of messages) {
      const found = await readAnswers(files, body);
      if (found !== undefined) answers.push(...found);
      else batchItemFailures.push({ itemIdentifier: messageId });
    }
    let rows: RecordedRows = { done: 0, failed: 0, left: 0 };
    await editStore(createObjectStore(files.playlists), (source) => {
      const recorded = recordAnswers(source, answers);
      rows = recorded.rows;
      return recorded.chunks;
    });
    publishRecordedRows(rows);
    logger.info('answers recorded', { messages: messages.length, ...rows });
    return { batchItemFailures };
  };
}

async function readAnswers(files: Files, body: string): Promise<DueAnswer[] | undefined> {
  const message = messageSchema.safeParse(parseJson(body)).data;
  if (message === undefined || 'answers' in message) return message?.answers;
  const settled = await files.settled.find();
  return answersSchema.safeParse(parseJson(settled?.body.toString() ?? '')).data;
}

export const handler = createRecordHandler(() => {
  const open = openBucket(parseBucketPlace());
  return { playlists: open('playlists.csv'), settled: open('settled.json') };
});
