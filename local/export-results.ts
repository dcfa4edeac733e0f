import type { LocalStack } from './stack.ts';

type ExportResults = (
  stack: Pick<LocalStack, 'dynamodbUrl' | 'tableNames'>,
  folder: string,
) => Promise<void>;

/** The local tables as files; nothing until `spotify-etl export` is there to do it. */
export const exportResults: ExportResults = () => Promise.resolve();
