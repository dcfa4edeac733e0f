/** Every mode, into a new list, over real HTTP. */
import { testSizes } from './support/sync-sizes.ts';

testSizes([0, 1, 100, 101]);
