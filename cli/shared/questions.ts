/** Questions to a person at a terminal. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

export type Questions = {
  /** Undefined where the input has ended (Ctrl-D). Ctrl-C is a SIGINT, as it is while nothing is asked. */
  readonly question: (text: string) => Promise<string | undefined>;
  readonly close: () => void;
};

export function openQuestions(): Questions {
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(asking, 'close').then(() => undefined);
  asking.once('SIGINT', () => {
    process.stdout.write('\n');
    asking.close();
    process.kill(process.pid, 'SIGINT');
  });
  return {
    // Newer versions of Node refuse a question that is open when the input ends.
    question: (text) => Promise.race([asking.question(text).catch(() => undefined), closed]),
    close: () => {
      asking.close();
    },
  };
}

/** Whether a person says yes; false where nobody is there. */
export async function isAgreedTo(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const asking = openQuestions();
  const answer = (await asking.question(`${question} [y/N] `)) ?? '';
  asking.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
