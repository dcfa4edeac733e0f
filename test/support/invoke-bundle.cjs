// Runs a packaged function as Lambda does: loads the bundle, then answers one event after the other.
// Started with the bundle's path; events and answers go over the process's message channel.
const { existsSync, readFileSync } = require('node:fs');

const { handler } = require(process.argv[2]);

const STATUS = '/proc/self/status';

/** On Linux `maxRSS` begins with what the process that started this one held; VmHWM is this one's own. */
function peakBytes() {
  const own = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8')) : null;
  return 1024 * Number(own?.[1] ?? process.resourceUsage().maxRSS);
}

process.on('message', async ({ event, awsRequestId, remainingMs }) => {
  const context = { awsRequestId, getRemainingTimeInMillis: () => remainingMs };
  const answer = await handler(event, context);
  process.send({ answer, peakBytes: peakBytes() });
});
process.send({ version: process.version });
