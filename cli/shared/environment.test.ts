import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { completeEnvironment } from './environment.ts';

let folder: string;
let root: string;
let home: string;
const cwd = process.cwd();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
  [root, home] = [join(folder, 'checkout'), join(folder, 'home')];
  for (const each of [root, home, join(folder, 'elsewhere')]) mkdirSync(each);
  process.chdir(join(folder, 'elsewhere'));
});
afterEach(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

type Environment = Record<string, string | undefined>;

function complete(given: Environment = {}): Environment {
  const environment = { HOME: home, ...given };
  completeEnvironment(environment, { root });
  return environment;
}

const TEXT = 'FIRST=one\nSECOND="two words" # said\n';

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ['UTF-16, the other way round', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
])('.env in %s is read', (_, content) => {
  writeFileSync('.env', content);
  expect(complete()).toMatchObject({ FIRST: 'one', SECOND: 'two words' });
});

test.each([
  ['Latin-1', Buffer.from('NAME=Zo\xeb', 'latin1')],
  ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le')],
])('.env in %s is refused with its path and without its content', (_, content) => {
  writeFileSync('.env', content);
  expect(() => complete()).toThrow(`${resolve('.env')} is not UTF-8 text. Save it as UTF-8.`);
});

test('what is set already stays, then comes the current folder, then the program', () => {
  writeFileSync('.env', 'ONE=here\nTWO=here');
  writeFileSync(join(root, '.env'), 'ONE=program\nTWO=program\nTHREE=program');
  expect(complete({ ONE: 'set' })).toMatchObject({ ONE: 'set', TWO: 'here', THREE: 'program' });
});

test('a folder named .env is passed over', () => {
  mkdirSync('.env');
  expect(complete()).toMatchObject({ HOME: home });
});

// Skipped for root, who can read every file, so that nothing would be refused.
const asUser = process.getuid?.() === 0 ? test.skip : test;
asUser('one that may not be read is one line', () => {
  writeFileSync('.env', TEXT);
  chmodSync('.env', 0);
  expect(() => complete()).toThrow(`${resolve('.env')} cannot be read`);
});

test.each<[string, { named?: string; xdg?: string; folders?: string[]; login?: string }, string]>([
  ['DATA_DIR, from here', { named: 'data', login: 'checkout/.local' }, 'elsewhere/data'],
  ["the user's data folder without a checkout that has one", {}, 'home/.local/share/spotify-etl'],
  ["the user's data folder where XDG has it", { xdg: 'xdg' }, 'xdg/spotify-etl'],
  ['.local of a checkout that has one', { folders: ['checkout/.local'] }, 'checkout/.local'],
  ['the login of the checkout', { login: 'checkout/.local' }, 'checkout/.local'],
  [
    'a login here, as in versions before',
    { folders: ['checkout/.local'], login: 'elsewhere/.local' },
    'elsewhere/.local',
  ],
  [
    "a login in the user's data folder, also in a checkout",
    { folders: ['checkout/.local'], login: 'home/.local/share/spotify-etl' },
    'home/.local/share/spotify-etl',
  ],
])('the data folder is %s', (_, { folders = [], login, named, xdg }, expected) => {
  for (const each of [...folders, ...(login === undefined ? [] : [login])]) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  if (login !== undefined) writeFileSync(join(folder, login, 'spotify-login.json'), '{}');

  const given = {
    DATA_DIR: named,
    XDG_DATA_HOME: xdg === undefined ? undefined : join(folder, xdg),
  };

  expect(complete(given).DATA_DIR).toBe(resolve(folder, expected));
});
