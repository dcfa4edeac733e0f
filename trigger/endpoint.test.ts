import { parseEndpoint, toIngestUrl } from './endpoint.ts';

const AWS = 'https://abc123.execute-api.eu-central-1.amazonaws.com/dev';
const ID = '37i9dQZEVXcfHOlIIFYQsj';

test.each([
  [AWS, `${AWS}/ingest`],
  [`${AWS}/`, `${AWS}/ingest`],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/ingest'],
  ['http://localhost:3000/a/b//', 'http://localhost:3000/a/b/ingest'],
  ['http://[::1]:3000', 'http://[::1]:3000/ingest'],
  ['https://api.example.com', 'https://api.example.com/ingest'],
])('%s is asked at %s', (base, url) => {
  expect(toIngestUrl(parseEndpoint(base), `spotify:playlist:${ID}`)).toBe(
    `${url}?playlist_uri=spotify%3Aplaylist%3A${ID}`,
  );
});

test('a reference is encoded as SigV4 encodes it', () => {
  const url = toIngestUrl({ baseUrl: 'https://a' }, `a b&c=(*!'")+/ü`);

  expect(url).toBe('https://a/ingest?playlist_uri=a%20b%26c%3D%28%2A%21%27%22%29%2B%2F%C3%BC');
});

test.each([
  ['nonsense', 'is not a URL'],
  ['ftp://127.0.0.1', 'neither https'],
  ['http://api.example.com', 'neither https'],
  ['http://127.0.0.1.example.com', 'neither https'],
  ['http://0.0.0.0:3000', 'neither https'],
  ['http://169.254.169.254/latest', 'link-local'],
  ['https://169.254.169.254', 'link-local'],
  ['https://[fe80::1]', 'link-local'],
  ['https://api.example.com?x=1', 'query'],
  ['https://api.example.com#x', 'fragment'],
])('%s is refused: %s', (base, message) => {
  expect(() => parseEndpoint(base)).toThrow(message);
});

test('a password in the address is refused and not repeated', () => {
  expect(() => parseEndpoint('https://me:hunter2@api.example.com')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }),
  );
});

test.each([
  ['an execute-api host', AWS, {}, 'eu-central-1'],
  ['a private one', 'https://abc-vpce-1.execute-api.us-east-1.amazonaws.com/x', {}, 'us-east-1'],
  ['an execute-api host with --region', AWS, { region: 'us-west-2' }, 'us-west-2'],
  ['an execute-api host, AWS_REGION aside', AWS, { defaultRegion: 'us-west-2' }, 'eu-central-1'],
  ['--no-sign', AWS, { sign: false }, undefined],
  ['another host', 'https://api.example.com', {}, undefined],
  [
    'a host that only looks like it',
    'https://execute-api.us-east-1.amazonaws.com.evil.example',
    {},
    undefined,
  ],
  [
    '--sign with AWS_REGION',
    'https://api.example.com',
    { sign: true, defaultRegion: 'us-east-2' },
    'us-east-2',
  ],
  ['loopback', 'http://127.0.0.1:3000', { defaultRegion: 'us-east-2' }, undefined],
])('%s is signed for as it should be', (_, base, options, region) => {
  expect(parseEndpoint(base, options).signingRegion).toBe(region);
});

test('signing needs a region', () => {
  expect(() => parseEndpoint('https://api.example.com', { sign: true })).toThrow('--region');
});

test('an API key goes to the deployed API and not to this machine', () => {
  expect(parseEndpoint(AWS, { apiKey: 'k' }).apiKey).toBe('k');
  expect(parseEndpoint('http://localhost:3000', { apiKey: 'k' }).apiKey).toBeUndefined();
});
