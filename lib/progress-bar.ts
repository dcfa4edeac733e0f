/** How every bar on a terminal looks, for cli-progress. */
export const BAR_OPTIONS = {
  barCompleteChar: '█',
  barIncompleteChar: '░',
  hideCursor: true,
  clearOnComplete: true,
  linewrap: false,
  // Its own handler of SIGINT would end the process before what is under way is finished and recorded.
  gracefulExit: false,
} as const;
