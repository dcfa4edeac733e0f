/** Who tells what a verification finds: to a person, to a log, or to a program. */
import pc from 'picocolors';
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
  quantity,
  repairLine,
  verdictLine,
} from './report.ts';

export type Measures = { readonly readUnits: number; readonly durationMs: number };

export type Teller = {
  readonly onFinding: (finding: Finding) => void;
  readonly onVerdict: (verdict: Verdict, measures: Measures) => void;
  /** What could be done, where nothing is to be done yet. */
  readonly onPlan: (affected: readonly AffectedPlaylist[]) => void;
  readonly onRepair: (repair: Repair) => void;
  readonly onRepaired: (loaded: number, affected: number) => void;
};

export type Output = {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
};

type Wanted = {
  readonly stage: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly repair: boolean;
};

/** The one who is wanted. */
export function createTeller(wanted: Wanted, output: Output): Teller {
  if (wanted.json) return createJsonTeller(wanted, output);
  return wanted.quiet ? createQuietTeller(output) : createTextTeller(wanted, output);
}

function createTextTeller(
  { repair, stage }: Pick<Wanted, 'repair' | 'stage'>,
  { say }: Output,
): Teller {
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
      for (const line of lines) say(line);
      const seconds = (durationMs / 1000).toFixed(1);
      say(pc.dim(`${seconds} s, ${quantity(Math.ceil(readUnits), 'read unit')}`));
    },
    onPlan: (affected) => {
      if (affected.length === 0) return;
      if (!repair) {
        say(`What would mend it: ${pc.cyan(command)}`);
        return;
      }
      for (const line of planTable(affected)) say(line);
      const calls = quantity(countAllCalls(affected), 'call');
      const playlists = quantity(affected.length, 'playlist');
      say(`${playlists}, about ${calls} to Spotify. To load them: ${pc.cyan(`${command} --yes`)}`);
    },
    onRepair: (one) => {
      say(repairLine(one));
    },
    onRepaired: (loaded, affected) => {
      const playlists = quantity(affected, 'playlist');
      say(`${loaded} of ${playlists} loaded again. Verify once more to see that all is well.`);
    },
  };
}

/** Only what is wrong, and on standard error: for cron, which mails what it sees. */
function createQuietTeller({ complain }: Output): Teller {
  return {
    onFinding: () => undefined,
    onVerdict: (verdict) => {
      if (countFindings(verdict) > 0) complain(verdictLine(verdict));
    },
    onPlan: () => undefined,
    onRepair: (one) => {
      if (!one.isLoaded) complain(repairLine(one));
    },
    onRepaired: () => undefined,
  };
}

/** One object a line, each when it is known. */
function createJsonTeller({ repair }: Pick<Wanted, 'repair'>, { say }: Output): Teller {
  return {
    onFinding: (finding) => {
      say(findingJson(finding));
    },
    onVerdict: (verdict, measures) => {
      say(summaryJson(verdict, measures));
    },
    onPlan: (affected) => {
      if (repair) for (const playlist of affected) say(planJson(playlist));
    },
    onRepair: (one) => {
      say(repairJson(one));
    },
    onRepaired: () => undefined,
  };
}
