// The function's log is read by the tests that are about it, and would bury the others' results.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
// Many CI services set CI, which turns colours on even where nobody looks at a terminal; tests compare plain text.
process.env.NO_COLOR ??= '1';
