/** Loads one file in this fresh process, and no more. Argument: the file. */
import { createRequire } from 'node:module';
import { measure } from './measure.ts';

const [, , path = ''] = process.argv;
const require = createRequire(path);
void measure(() => {
  require(path);
});
