/** Where a laptop keeps its Spotify login: `spotify-etl login` writes it, the other commands and the local stack read it. */
import { join } from 'node:path';

const DEFAULT_DATA_DIR = '.local';

/** The file below a data folder (`DATA_DIR`). */
export function loginFile(dataDir: string = DEFAULT_DATA_DIR): string {
  return join(dataDir, 'spotify-login.json');
}
