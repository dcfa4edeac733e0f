/** Every mode, into a new list of 1,000 items, and what appends into one that becomes as long as Spotify's lists can be. */
import { testSizes } from '../support/sync-sizes.ts';

testSizes([1_000]);
testSizes([10_000], ['append', 'append-newest-first']);
