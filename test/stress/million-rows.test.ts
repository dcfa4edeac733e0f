/** A playlists file of a million rows, through the packaged functions that read it whole, within their memory. */
import { startFunction } from '../support/packaged-function.ts';
import { packagedStack } from '../support/packaged-stack.ts';
import { startS3Server } from '../support/s3-server.ts';
import { createWorld } from '../support/world.ts';

const ROWS = 1_000_000;
const MOST_BYTES = 400_000_000;
const FILE = 'bucket/playlists.csv';

const idOf = (row: number): string => row.toString(36).padStart(22, 'A');

/** Some are no playlists, some are written twice. */
function toRow(row: number): string {
  if (row % 1_000 === 1) return `nonsense ${row},False,`;
  if (row % 1_000 === 2) return `https://open.spotify.com/playlist/${idOf(row - 2)}?si=x,,`;
  return `spotify:playlist:${idOf(row)},False,`;
}

const outcome = {
  ...{ verdict: 'done', isTransient: false, isShared: false },
  response: { status: 200, code: 'loaded', message: 'm'.repeat(120), time: '2026-11-30T00:00:00Z' },
};

test('list and record take less than 400 MB for it', async () => {
  const [world, s3, { bundlePaths }] = await Promise.all([
    createWorld(),
    startS3Server(),
    packagedStack('dev'),
  ]);
  const rows = Array.from({ length: ROWS }, (_, row) => toRow(row));
  s3.write(FILE, `playlist_uri,request_sent,response\n${rows.join('\n')}\n`);
  const variables = {
    ...world.environment,
    ...{ PLAYLISTS_BUCKET: 'bucket', AWS_ENDPOINT_URL_S3: s3.url, AWS_REGION: 'us-east-1' },
    POWERTOOLS_METRICS_NAMESPACE: 'spotify-etl-test',
    NODE_OPTIONS: '--max-semi-space-size=16',
  };
  const list = await startFunction(bundlePaths.list, variables);
  const record = await startFunction(bundlePaths.record, variables);
  const started_at = new Date(world.clock.now()).toISOString();
  try {
    const event = { refresh: true };
    let at = Date.now();
    const listed = await list.start({ execution: 'one', started_at, round: 1, event }, 900_000);
    process.stdout.write(`list ${Date.now() - at} ms ${list.peakBytes() / 1e6} MB\n`);
    expect(listed).toMatchObject({ next: 'settle', due: ROWS - 2_000, settled: 1_000 });

    const due = (s3.read('bucket/due.csv') ?? '').split('\n');
    const bodies = due.slice(1, 10).map((line) => {
      const [key, before] = line.split(',');
      return JSON.stringify({ answers: [{ key, before, outcome }] });
    });
    const Records = [...bodies, JSON.stringify({ settled: 'one' })].map((body, messageId) => ({
      messageId,
      body,
    }));
    at = Date.now();
    expect(await record.start({ Records }, 120_000)).toEqual({ batchItemFailures: [] });
    process.stdout.write(`record ${Date.now() - at} ms ${record.peakBytes() / 1e6} MB\n`);
    expect(s3.read(FILE)?.match(/,True,/g)).toHaveLength(9 + 1_000 + 1);

    expect(list.peakBytes()).toBeLessThan(MOST_BYTES);
    expect(record.peakBytes()).toBeLessThan(MOST_BYTES);
  } finally {
    await Promise.all([list.stop(), record.stop(), world.close(), s3.close()]);
  }
});
