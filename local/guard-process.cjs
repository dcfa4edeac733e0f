// Loaded before serverless-offline, which lets every web page in: guards each server that its process opens.
const { Server } = require('node:http');
const { isMainThread } = require('node:worker_threads');

// The functions run in threads of the process and open no server.
if (isMainThread) {
  const { guardServer } = require('tsx/cjs/api').require('../lib/loopback-guard.ts', __filename);
  guardServer(Server.prototype);
}
