/** One thing that was looked at, and what to do about it. */
export type Check = {
  readonly name: string;
  /** `unknown`: it could not be looked at, because something else is wrong. */
  readonly status: 'ok' | 'warning' | 'fault' | 'unknown';
  readonly message: string;
  readonly fix?: string;
};

export const ok = (name: string, message: string): Check => ({ name, status: 'ok', message });

export const warning = (name: string, message: string, fix: string): Check => ({
  name,
  status: 'warning',
  message,
  fix,
});

export const fault = (name: string, message: string, fix: string): Check => ({
  name,
  status: 'fault',
  message,
  fix,
});

export const unknown = (name: string, message: string): Check => ({
  name,
  status: 'unknown',
  message,
});
