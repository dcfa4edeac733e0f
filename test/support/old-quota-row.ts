/**
 * A row of the state table as the version with one lane (decision 13) wrote it: after a load of 101 items, one of 50, and a list of
 * playlists two hours later, at which the quota ended.
 */
export const OLD_QUOTA_ROW = {
  state_id: 'app#simulated0client0id0of0no0secrecy',
  revision: 9,
  calls: {
    '2026-11-29T01': { playlist: 3, 'playlist-items': 1 },
    '2026-11-29T03': { 'my-playlists': 5, me: 1 },
  },
  full_at: '2026-11-29T03:27:44.165Z',
  cooldown: { until: '2026-11-29T16:37:56.223Z', reason: 'quota' },
  lane: { owner: '831182af-9b0e-4358-b7e2-d61ae985ed9b', free_at: '2026-11-29T03:27:38.228Z' },
  call_ms: 656,
  write_id: '831182af-9b0e-4358-b7e2-d61ae985ed9b/9',
  app_kind: 'C',
  playlist_api: 'items',
  expires_at: 1_830_482_859,
};

export const OLD_ROW_WRITTEN_AT = Date.parse('2026-11-29T03:27:39Z');
