import { Command } from 'commander';
import * as z from 'zod/mini';
import { addOptions } from '../shared/command.ts';
import { type LoginSettings, loginOptions, toLoginSettings } from './settings.ts';

const parse = (args: string[], environment: Record<string, string> = {}): LoginSettings => {
  const command = addOptions(new Command(), loginOptions)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: 'user' });
  const options = z.object(loginOptions).parse(command.opts());
  return toLoginSettings(options, { SPOTIFY_CLIENT_ID: 'app', ...environment });
};

test.each([
  ['--for', 'everything'],
  ['--port', '99999'],
  ['--timeout', '0'],
  ['--store', 'cloud'],
])('%s %s is refused by name', (option, value) => {
  expect(() => parse([option, value])).toThrow(option);
});

test('a Spotify elsewhere is spoken to by https only', () => {
  expect(() => parse([], { SPOTIFY_ACCOUNTS_URL: 'http://accounts.example.com' })).toThrow(
    'SPOTIFY_ACCOUNTS_URL must be an origin',
  );
});

test.each([
  [['--print'], '--print needs --with-secret'],
  [['--with-secret'], '--with-secret needs SPOTIFY_CLIENT_SECRET'],
])('%j without a secret is refused with its reason', (args, words) => {
  expect(() => parse(args, { SPOTIFY_CLIENT_SECRET: '' })).toThrow(words);
});

test('the secret is used only where it is asked for, and never for AWS', () => {
  const environment = { SPOTIFY_CLIENT_SECRET: 'secret' };

  expect(parse([], environment).clientSecret).toBeUndefined();
  expect(parse(['--with-secret', '--print'], environment).clientSecret).toBe('secret');
  expect(() => parse(['--with-secret', '--store', 'aws'], environment)).toThrow('--store aws');
});

test('a variable set to nothing counts as not set, and the command line goes before it', () => {
  expect(() => parse([], { SPOTIFY_CLIENT_ID: '' })).toThrow('http://127.0.0.1/callback');
  expect(parse(['--client-id', 'mine']).clientId).toBe('mine');
  expect(parse([], { SPOTIFY_API_URL: '' }).apiUrl.href).toBe('https://api.spotify.com/');
});
