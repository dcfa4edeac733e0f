/** The result of one check, and what to do about it. */
export type Verdict = {
  /** `unknown`: it could not be checked, because something else is wrong. */
  readonly status: 'ok' | 'warning' | 'fault' | 'unknown';
  readonly message: string;
  readonly fix?: string;
};

/** Verdicts by name, in the order of the report. Undefined: not checked. */
export type Checks = Readonly<Record<string, Verdict | undefined>>;

export const ok = (message: string): Verdict => ({ status: 'ok', message });
export const unknown = (message: string): Verdict => ({ status: 'unknown', message });
export const SKIPPED = unknown('Skipped until the problem above is fixed.');

type Fixable = (message: string, fix: string) => Verdict;
export const warning: Fixable = (message, fix) => ({ status: 'warning', message, fix });
export const fault: Fixable = (message, fix) => ({ status: 'fault', message, fix });
