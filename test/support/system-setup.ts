/** Before the tests that start the commands: they are built once. */
import { buildIfStale } from '../../cli/build.cjs';
import setUpTmpdir from './own-tmpdir.ts';

export default function setUp(): void {
  setUpTmpdir();
  buildIfStale();
}
