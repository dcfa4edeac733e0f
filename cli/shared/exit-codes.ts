/** sysexits.h `EX_TEMPFAIL`: try again later. */
export const LATER_EXIT = 75;

/** A shell's exit code for Ctrl-C. */
export const STOPPED_EXIT = 130;

/** A plan was shown, and nothing was done yet. */
export const PLANNED_EXIT = 3;
