#!/usr/bin/env node
// Starts the commands, which are built into one file: it starts fast, and no tsconfig of the folder it is started in has a say.
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// A checkout builds that file when it is missing or older than a source; a package brings it.
const build = join(__dirname, 'build.cjs');
if (existsSync(build)) require(build).buildIfStale();

// In this folder, since everybody can write to the temporary one.
enableCompileCache?.(join(__dirname, '..', 'dist', 'compile-cache'));
require(join(__dirname, '..', 'dist', 'spotify-etl.cjs'));
