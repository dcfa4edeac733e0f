import { readdir, readFile } from 'node:fs/promises';

type Process = { readonly pid: number; readonly parent: number; readonly kb: number };

/** Watches the memory of a process and its descendants. `stop` returns the most they had together; undefined without `/proc`. */
export function watchMemory(pid: number): { stop: () => Promise<number | undefined> } {
  let peakMb: number | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver) {
      const mb = await measureMb(pid);
      if (mb !== undefined) peakMb = Math.max(mb, peakMb ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const looked = look();
  return {
    stop: async () => {
      isOver = true;
      await looked;
      return peakMb;
    },
  };
}

async function measureMb(root: number): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const read = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))),
  );
  const all = read.filter((one) => one !== undefined);
  const sumFrom = ({ kb, pid }: Process): number =>
    all.filter(({ parent }) => parent === pid).reduce((sum, child) => sum + sumFrom(child), kb);
  const [first] = all.filter(({ pid }) => pid === root);
  return first === undefined ? undefined : Math.round(sumFrom(first) / 1024);
}

/** Pages that processes share count once in all. */
async function readProcess(pid: number): Promise<Process | undefined> {
  const [stat, memory] = await Promise.all(
    ['stat', 'smaps_rollup'].map((name) =>
      readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
    ),
  );
  const parent = /\) \S (\d+)/.exec(stat ?? '')?.[1];
  const kb = /^Pss:\s+(\d+)/m.exec(memory ?? '')?.[1];
  return parent === undefined || kb === undefined
    ? undefined
    : { pid, parent: Number(parent), kb: Number(kb) };
}
