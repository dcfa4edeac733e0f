// Loaded before serverless-offline, which lets every web page in: guards each server that its process opens, and ends the process
// with the stack that started it.
const { Server } = require('node:http');
const { isMainThread } = require('node:worker_threads');

// The functions run in threads of the process and open no server.
if (isMainThread) {
  const { guardServer } = require('tsx/cjs/api').require('../lib/loopback-guard.ts', __filename);
  guardServer(Server.prototype);
  // The stack is gone, for any reason: nothing must keep its ports.
  process.on('disconnect', () => process.exit());
}
