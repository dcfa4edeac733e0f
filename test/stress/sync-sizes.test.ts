/** Every mode, into a new list that becomes as long as Spotify's lists can be. */
import { testSizes } from '../support/sync-sizes.ts';

testSizes([1_000, 10_000]);
