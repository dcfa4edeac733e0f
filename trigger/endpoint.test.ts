import { parseEndpoint, toIngestUrl } from './endpoint.ts';

const AWS = 'https://abc123.execute-api.eu-central-1.amazonaws.com/dev';
const ID = '37i9dQZEVXcfHOlIIFYQsj';

test.each([
  [AWS, `${AWS}/ingest`],
  [`${AWS}/`, `${AWS}/ingest`],
  [`${AWS}/ingest`, `${AWS}/ingest`],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/ingest'],
  ['http://127.0.0.1:3000/ingest/', 'http://127.0.0.1:3000/ingest'],
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
    /^The endpoint holds a user name or password\. (?!.*hunter2)/,
  );
});

const SIGNED_FOR = [
  { name: 'an execute-api host', base: AWS, options: {}, region: 'eu-central-1' },
  {
    name: 'a private one',
    base: 'https://abc-vpce-1.execute-api.us-east-1.amazonaws.com/x',
    options: {},
    region: 'us-east-1',
  },
  { name: '--region', base: AWS, options: { region: 'us-west-2' }, region: 'us-west-2' },
  {
    name: 'AWS_REGION beside an execute-api host',
    base: AWS,
    options: { defaultRegion: 'us-west-2' },
    region: 'eu-central-1',
  },
  { name: '--no-sign', base: AWS, options: { sign: false }, region: undefined },
  { name: 'another host', base: 'https://api.example.com', options: {}, region: undefined },
  {
    name: 'a host that only looks like it',
    base: 'https://x.execute-api.us-east-1.amazonaws.com.evil.example',
    options: {},
    region: undefined,
  },
  {
    name: '--sign with AWS_REGION',
    base: 'https://api.example.com',
    options: { sign: true, defaultRegion: 'us-east-2' },
    region: 'us-east-2',
  },
  {
    name: 'loopback',
    base: 'http://127.0.0.1:3000',
    options: { defaultRegion: 'us-east-2' },
    region: undefined,
  },
];

test.each(SIGNED_FOR)('$name is signed for as it should be', ({ base, options, region }) => {
  expect(parseEndpoint(base, options).signingRegion).toBe(region);
});

test('signing needs a region', () => {
  expect(() => parseEndpoint('https://api.example.com', { sign: true })).toThrow('--region');
});

test('an API key goes to the deployed API and not to this machine', () => {
  expect(parseEndpoint(AWS, { apiKey: 'k' }).apiKey).toBe('k');
  expect(parseEndpoint('http://localhost:3000', { apiKey: 'k' }).apiKey).toBeUndefined();
});

test('blanks around an API key go, and one that cannot be a key is refused without repeating it', () => {
  expect(parseEndpoint(AWS, { apiKey: ' k-1\r\n' }).apiKey).toBe('k-1');
  expect(parseEndpoint(AWS, { apiKey: ' ' }).apiKey).toBeUndefined();
  for (const apiKey of ['"hunter2"', "'hunter2'", 'hunter 2', 'hunter2\u200b']) {
    expect(() => parseEndpoint(AWS, { apiKey })).toThrow(/^The API key (?!.*hunter)/);
  }
});
