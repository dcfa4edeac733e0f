import fc from 'fast-check';
import { createIngestHandler } from '../handlers/ingest.ts';
import { createWorld, type World } from './support/world.ts';

const context = { awsRequestId: 'run', getRemainingTimeInMillis: () => 29_000 };

/** Text near the accepted forms: right and wrong pieces put together. */
const nearMiss = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'spotify:playlist:',
        'spotify:album:',
        'spotify:user:me:playlist:',
        'https://open.spotify.com/playlist/',
        'https://open.spotify.com/intl-de/playlist/',
        'http://open.spotify.com/playlist/',
        'https://evil.example/playlist/',
        '37i9dQZF1DXcBWIGoYBM5M',
        '?si=abc',
        '#',
        '/',
        '..',
        '%2e',
        '\u0000',
        '\ud800',
        '\n',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 24 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 22 }),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => !isAccepted(text));

/** Whether the text may name a playlist: broader than the code, so that what is left is bad without a doubt. */
function isAccepted(text: string): boolean {
  const [ref = ''] = text.replace(/^[\s\p{Cf}<]+|[\s\p{Cf}>]+$/gu, '').split(/[?#]/);
  return /^(?:spotify:(?:.*:)?playlist:|.*\.spotify\.com\/.*playlist\/)?[0-9A-Za-z]{22}\/?$/is.test(
    ref,
  );
}

describe('Bad input', () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  test('of any kind is 400 before any call to anybody', async () => {
    await fc.assert(
      fc.asyncProperty(nearMiss, async (text) => {
        const { status, body } = await world.ingest(text);

        expect({ status, code: body.code }).toEqual({ status: 400, code: 'INVALID_PLAYLIST_URI' });
        expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String) });
      }),
      { numRuns: 500 },
    );
    expect(world.spotify.requests()).toEqual([]);
    expect(world.takeDynamodbCalls()).toEqual([]);
  });

  test('of any shape of query is 400 and never builds the app', async () => {
    const handler = createIngestHandler(() => {
      throw new Error('the app was built for a request that cannot be served');
    });
    const values = fc.option(fc.array(fc.string(), { maxLength: 3 }), { nil: undefined });
    const query = fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.string(), values),
      fc.record({ playlist_uri: values }),
    );
    await fc.assert(
      fc.asyncProperty(query, async (multiValueQueryStringParameters) => {
        const answer = await handler({ multiValueQueryStringParameters }, context);

        expect(answer.statusCode).toBe(400);
      }),
    );
  });

  test('is not repeated in the answer', async () => {
    const { body } = await world.ingest('<script>alert(1)</script>');

    expect(JSON.stringify(body)).not.toContain('script');
  });

  test.each([
    ['a bare ID', (id: string) => id],
    ['a URI', (id: string) => `spotify:playlist:${id}`],
    ['a link', (id: string) => `https://open.spotify.com/playlist/${id}`],
    ['a link as people copy it', (id: string) => `https://open.spotify.com/playlist/${id}?si=a1b2`],
    ['a link with a language', (id: string) => `https://open.spotify.com/intl-de/playlist/${id}`],
    ['a link between blanks', (id: string) => ` https://open.spotify.com/playlist/${id}\n`],
  ])('is not %s', async (_, toRef) => {
    const { id } = world.spotify.catalogue.playlistOfSize(1);

    expect(await world.ingest(toRef(id))).toMatchObject({ status: 200 });
  });
});
