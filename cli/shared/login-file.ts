/** Where a laptop keeps its Spotify login: `spotify-etl login` writes it, the other commands and the local stack read it. */
import { join } from 'node:path';

/** The file below a data folder (`DATA_DIR`). */
export function loginFile(dataDir = '.local'): string {
  return join(dataDir, 'spotify-login.json');
}
