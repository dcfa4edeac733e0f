/** One request that reached the simulator. */
export type ServedRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The app that asked, as far as its token or its form tells. */
  readonly clientId: string | undefined;
  /** 0 as long as no status line has been sent, which is for ever after a hang or an early reset. */
  readonly status: number;
  /** When it came, in milliseconds of the simulator's clock. */
  readonly at: number;
};

export type RequestLog = {
  /** Notes a request at its arrival; call the result with the status once it is sent. */
  note: (request: Omit<ServedRequest, 'status'>) => (status: number) => void;
  list: () => readonly ServedRequest[];
  clear: () => void;
};

/** Keeps requests in the order of their arrival. */
export function createRequestLog(): RequestLog {
  let entries: (Omit<ServedRequest, 'status'> & { status: number })[] = [];
  return {
    note: (request) => {
      const entry = { ...request, status: 0 };
      entries.push(entry);
      return (status) => {
        entry.status = status;
      };
    },
    list: () => entries.map((entry) => ({ ...entry })),
    clear: () => {
      entries = [];
    },
  };
}
