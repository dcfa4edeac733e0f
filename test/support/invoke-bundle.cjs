// Runs a packaged function as Lambda does: loads the bundle, then answers one event after the other.
// Started with the bundle's path; events and answers go over the process's message channel.
const { handler } = require(process.argv[2]);

process.on('message', async ({ event, awsRequestId, remainingMs }) => {
  const context = { awsRequestId, getRemainingTimeInMillis: () => remainingMs };
  const answer = await handler(event, context);
  process.send({ answer, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
process.send({ version: process.version });
