declare module 'dynalite' {
  import type { Server } from 'node:http';

  type DynaliteOptions = {
    /** Folder of the database; in memory without one. */
    readonly path?: string;
    /** How long a new table says that it is being created. */
    readonly createTableMs?: number;
  };
  export default function dynalite(options: DynaliteOptions): Server;
}
