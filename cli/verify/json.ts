/** The results of a verification for programs: one object a line, as soon as it is known. */
import type { AffectedPlaylist, Finding } from '../../app/verify.ts';
import { writeLine } from '../shared/terminal.ts';
import { countCalls, type Reporter } from './report.ts';

export function createJsonReporter(isRepair: boolean): Reporter {
  return {
    onFinding: (finding) => {
      write(toFinding(finding));
    },
    onVerdict: (verdict, { durationMs, readUnits }) => {
      const { affected, findings, rows, toLoad, unreferenced } = verdict;
      write({
        summary: {
          rows,
          findings,
          affected_playlists: affected,
          playlists_to_load: toLoad.length,
          repair_spotify_requests_about: countCalls(toLoad),
          beyond_repair: verdict.unreached,
          first_beyond_repair: verdict.firstUnreached,
          unreferenced,
          read_units: readUnits,
          duration_ms: durationMs,
        },
      });
    },
    onPlan: ({ toLoad }) => {
      if (isRepair) toLoad.map(toPlan).forEach(write);
    },
    onRepair: ({ code, id: playlist_id, isLoaded, message }) => {
      write({ repair: isLoaded ? 'loaded' : 'failed', playlist_id, code, message });
    },
  };
}

function write(line: Readonly<Record<string, unknown>>): void {
  writeLine(JSON.stringify(line));
}

function toPlan({ calls, id, moreReasons, why }: AffectedPlaylist): Record<string, unknown> {
  const known = { repair: 'planned', playlist_id: id, why };
  return { ...known, more_reasons: moreReasons, spotify_requests_about: calls };
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
    case 'import':
      return { finding: 'import', name: finding.id };
  }
}
