/** Where a laptop keeps its Spotify login: `spotify-etl login` writes it, the other commands and the local stack read it. */
import { join } from 'node:path';

export const LOGIN_FILE = 'spotify-login.json';

/** The file below a data folder (`DATA_DIR`). */
export function loginFile(dataDir = '.local'): string {
  return join(dataDir, LOGIN_FILE);
}
