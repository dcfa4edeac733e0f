/** Reports what a verification finds: to a person, to a log, or to a program. */
import pc from 'picocolors';
import { quantity, writeErrorLine, writeLine } from '../shared/terminal.ts';
import { findingJson, planJson, repairJson, summaryJson } from './json.ts';
import type { AffectedPlaylist, Finding, Verdict } from './judge.ts';
import type { Repair } from './repair.ts';
import {
  countAllCalls,
  countFindings,
  createSample,
  findingTables,
  noteLines,
  planTable,
  repairLine,
  verdictLine,
} from './report.ts';

export type Measures = { readonly readUnits: number; readonly durationMs: number };

export type Reporter = {
  readonly onFinding: (finding: Finding) => void;
  readonly onVerdict: (verdict: Verdict, measures: Measures) => void;
  /** What a repair would load, if none was asked for. */
  readonly onPlan: (affected: readonly AffectedPlaylist[]) => void;
  readonly onRepair: (repair: Repair) => void;
  readonly onRepaired: (loaded: number, affected: number) => void;
};

type ReporterOptions = {
  readonly stage: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly repair: boolean;
};

export function createReporter(options: ReporterOptions): Reporter {
  if (options.json) return createJsonReporter(options);
  return options.quiet ? createQuietReporter() : createTextReporter(options);
}

function createTextReporter({ repair, stage }: ReporterOptions): Reporter {
  const { add, sample } = createSample();
  const command = `spotify-etl verify --stage ${stage} --repair`;
  return {
    onFinding: add,
    onVerdict: (verdict, { durationMs, readUnits }) => {
      const lines = [
        ...findingTables(sample, verdict),
        verdictLine(verdict),
        ...noteLines(verdict),
      ];
      for (const line of lines) writeLine(line);
      const seconds = (durationMs / 1000).toFixed(1);
      writeLine(pc.dim(`${seconds} s, ${quantity(Math.ceil(readUnits), 'read unit')}`));
    },
    onPlan: (affected) => {
      if (affected.length === 0) return;
      if (!repair) {
        writeLine(`To fix it: ${pc.cyan(command)}`);
        return;
      }
      for (const line of planTable(affected)) writeLine(line);
      const calls = quantity(countAllCalls(affected), 'call');
      const playlists = quantity(affected.length, 'playlist');
      writeLine(
        `${playlists}, about ${calls} to Spotify. To load them: ${pc.cyan(`${command} --yes`)}`,
      );
    },
    onRepair: (one) => {
      writeLine(repairLine(one));
    },
    onRepaired: (loaded, affected) => {
      const playlists = quantity(affected, 'playlist');
      writeLine(
        `${loaded} of ${playlists} loaded again. Verify once more to see that all is well.`,
      );
    },
  };
}

/** Only what is wrong, and on standard error: for cron, which mails what it sees. */
function createQuietReporter(): Reporter {
  return {
    onFinding: () => undefined,
    onVerdict: (verdict) => {
      if (countFindings(verdict) > 0) writeErrorLine(verdictLine(verdict));
    },
    onPlan: () => undefined,
    onRepair: (one) => {
      if (!one.isLoaded) writeErrorLine(repairLine(one));
    },
    onRepaired: () => undefined,
  };
}

/** One object a line, as soon as it is known. */
function createJsonReporter({ repair }: ReporterOptions): Reporter {
  return {
    onFinding: (finding) => {
      writeLine(findingJson(finding));
    },
    onVerdict: (verdict, measures) => {
      writeLine(summaryJson(verdict, measures));
    },
    onPlan: (affected) => {
      if (repair) for (const playlist of affected) writeLine(planJson(playlist));
    },
    onRepair: (one) => {
      writeLine(repairJson(one));
    },
    onRepaired: () => undefined,
  };
}
