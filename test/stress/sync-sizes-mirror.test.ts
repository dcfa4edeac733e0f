/** Mirrors that become as long as Spotify's lists can be; a file of its own, so that both run at once. */
import { testSizes } from '../support/sync-sizes.ts';

testSizes([10_000], ['mirror', 'mirror-exact']);
