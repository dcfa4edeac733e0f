/** The files of reports in a bucket: those of a week, which are written once, and the latest. */
import * as z from 'zod/mini';
import type { FileSink, ReportFile } from '../etl/load/sinks.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { S3Object } from '../stores/s3/bucket.ts';
import { HIVE_ROOT, toPartition } from './album-report.ts';

export type ReportBucket = {
  /** How far the report of the week is whose Thursday this is. */
  findState(week: string): Promise<'none' | 'begun' | 'finished'>;
  /** Notes that the report of the week has begun, so that a later run goes on. */
  begin(week: string): Promise<void>;
  openSink(report: { readonly week: string; readonly isFinished: boolean }): FileSink;
};

const LATEST = `${HIVE_ROOT}/latest`;
/** Written last, so that a week that has it has all. */
const LAST = 'summary.json';
const STATE = `${LATEST}/state.json`;
const stateSchema = z.object({ week: z.string(), state: z.enum(['begun', 'finished']) });
const isLast = ({ path }: ReportFile): number => Number(path === LAST);

export function createReportBucket(open: (key: string, type: string) => S3Object): ReportBucket {
  const put = async (key: string, { content, type }: ReportFile): Promise<void> => {
    const object = open(key, type);
    const found = await object.find();
    const bytes = Buffer.from(content);
    if (found?.body.equals(bytes) === true) return;
    if ((await object.put(bytes, found?.etag)) !== undefined) return;
    throw new Error(`${object.name} was written by another program meanwhile.`);
  };
  const putState = (week: string, state: 'begun' | 'finished'): Promise<void> =>
    put(STATE, {
      path: STATE,
      type: 'application/json',
      content: JSON.stringify({ week, state }),
    });
  const find = (key: string) => open(key, 'application/json').find();
  return {
    findState: async (week) => {
      const noted = await find(STATE);
      const state = stateSchema.safeParse(parseJson(noted?.body.toString() ?? 'null')).data;
      if (state?.week === week) return state.state;
      return (await find(toWeekKey({ path: LAST }, week))) === undefined ? 'none' : 'finished';
    },
    begin: (week) => putState(week, 'begun'),
    openSink: ({ isFinished, week }) => ({
      putFiles: async (files) => {
        const sorted = files.toSorted((one, other) => isLast(one) - isLast(other));
        for (const file of sorted) await put(`${LATEST}/${toLatestName(file)}`, file);
        if (!isFinished) return;
        for (const file of sorted) await put(toWeekKey(file, week), file);
        await putState(week, 'finished');
      },
    }),
  };
}

/** Parquet has its partition already. */
function toWeekKey({ path }: Pick<ReportFile, 'path'>, week: string): string {
  return path.startsWith(HIVE_ROOT) ? path : `${toPartition('report', week)}/${path}`;
}

/** `family.parquet` for a file of `dataset=family`. */
function toLatestName({ path }: ReportFile): string {
  const [, dataset] = /\/dataset=(\w+)\//.exec(path) ?? [];
  return dataset === undefined ? path : `${dataset}.parquet`;
}
