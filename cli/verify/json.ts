/** The results of a verification for programs: one object a line, as soon as it is known. */
import { writeLine } from '../shared/terminal.ts';
import type { Finding } from './judge.ts';
import { countAllCalls, countCallsAbout } from './repair.ts';
import type { Reporter } from './report.ts';

export function createJsonReporter(isRepair: boolean): Reporter {
  return {
    onFinding: (finding) => {
      write(toFinding(finding));
    },
    onVerdict: (verdict, { durationMs, readUnits }) => {
      const { affected, findings, rows, unreferenced } = verdict;
      write({
        summary: {
          rows,
          findings,
          affected_playlists: affected.length,
          repair_spotify_requests_about: countAllCalls(affected),
          beyond_repair: verdict.unreached,
          first_beyond_repair: verdict.unreachedRows,
          affected_cut_short: verdict.isCutShort,
          unreferenced,
          read_units: readUnits,
          duration_ms: durationMs,
        },
      });
    },
    onPlan: (affected) => {
      for (const playlist of isRepair ? affected : []) {
        const { id: playlist_id, moreReasons: more_reasons, why } = playlist;
        const spotify_requests_about = countCallsAbout(playlist);
        write({ repair: 'planned', playlist_id, why, more_reasons, spotify_requests_about });
      }
    },
    onRepair: ({ code, id: playlist_id, isLoaded, message }) => {
      write({ repair: isLoaded ? 'loaded' : 'failed', playlist_id, code, message });
    },
  };
}

function write(line: Readonly<Record<string, unknown>>): void {
  writeLine(JSON.stringify(line));
}

function toFinding(finding: Finding): Record<string, unknown> {
  switch (finding.kind) {
    case 'dangling': {
      const { from: referred_by, id, table } = finding;
      return { finding: 'dangling', table, id, referred_by };
    }
    case 'count': {
      const { counted, id, items: playlist_num_items } = finding;
      return { finding: 'count', table: 'playlist', id, playlist_num_items, counted };
    }
    case 'malformed': {
      const { id, table, why } = finding;
      return { finding: 'malformed', table, id, why };
    }
  }
}
