#!/usr/bin/env node
// The sources are TypeScript and run as they are, in a checkout and wherever the package is installed.
require('tsx/cjs');
require('./main.ts');
