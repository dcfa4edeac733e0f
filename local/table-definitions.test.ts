import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack } from './table-definitions.ts';

describe('readStack', () => {
  test('names the tables by service and stage, once for all who ask', async () => {
    const { stateTable, tableNames, tables } = await readStack('serverless.yml', 'spring');

    expect(tableNames).toEqual({
      playlist: 'spotify-etl-spring-playlist',
      track: 'spotify-etl-spring-track',
      album: 'spotify-etl-spring-album',
      artist: 'spotify-etl-spring-artist',
    });
    expect(tables.map(({ TableName }) => TableName)).toEqual([
      ...Object.values(tableNames),
      stateTable,
    ]);
    expect(stateTable).toBe('spotify-etl-spring-state');
    expect(tables[0]?.KeySchema).toEqual([{ AttributeName: 'playlist_id', KeyType: 'HASH' }]);
  });

  test('refuses a variable it does not know, naming it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-yml-'));
    const path = join(folder, 'serverless.yml');
    await writeFile(
      path,
      [
        'service: s',
        'custom:',
        '  tables: { playlist: "${env:NAME}", track: t, album: l, artist: a, state: s }',
        '  tokenSecret: t',
        'resources: []',
      ].join('\n'),
    );

    await expect(readStack(path, 'x')).rejects.toThrow('${env:NAME}');
    await rm(folder, { recursive: true });
  });
});
