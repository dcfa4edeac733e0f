/** The results of a verification for programs: one object a line. */
import type { AffectedPlaylist, Finding, Verdict } from './judge.ts';
import { countCallsAbout, type Repair } from './repair.ts';
import { countAllCalls } from './report.ts';

export function findingJson(finding: Finding): string {
  return JSON.stringify(toFinding(finding));
}

function toFinding(finding: Finding): Record<string, unknown> {
  switch (finding.kind) {
    case 'dangling': {
      const { from, id, table } = finding;
      return { finding: 'dangling', table, id, referred_by: from };
    }
    case 'count': {
      const { counted, id, items } = finding;
      return { finding: 'count', table: 'playlist', id, playlist_num_items: items, counted };
    }
    case 'malformed': {
      const { id, table, why } = finding;
      return { finding: 'malformed', table, id, why };
    }
  }
}

/** A playlist that a repair would load again. */
export function planJson(playlist: AffectedPlaylist): string {
  const { id, moreReasons, why } = playlist;
  const about = countCallsAbout(playlist);
  return JSON.stringify({
    repair: 'planned',
    playlist_id: id,
    why,
    more_reasons: moreReasons,
    spotify_requests_about: about,
  });
}

/** What a repair of one playlist came to. */
export function repairJson({ code, id, isLoaded, message }: Repair): string {
  return JSON.stringify({ repair: isLoaded ? 'loaded' : 'failed', playlist_id: id, code, message });
}

/** What it comes to. */
export function summaryJson(
  { affected, findings, isCutShort, rows, unreached, unreachedRows, unreferenced }: Verdict,
  { durationMs, readUnits }: { readonly durationMs: number; readonly readUnits: number },
): string {
  return JSON.stringify({
    summary: {
      rows,
      findings,
      affected_playlists: affected.length,
      repair_spotify_requests_about: countAllCalls(affected),
      beyond_repair: unreached,
      first_beyond_repair: unreachedRows,
      affected_cut_short: isCutShort,
      unreferenced,
      read_units: readUnits,
      duration_ms: durationMs,
    },
  });
}
