import pMap, { pMapSkip } from 'p-map';

/**
 * Runs every unit, `inFlight` at a time, and gives the results in order. After a failure nothing new starts; what is under
 * way is awaited, so that no write comes after the answer; then the first failure is thrown.
 */
export async function runAll<Unit, Result>(
  units: readonly Unit[],
  inFlight: number,
  run: (unit: Unit) => Promise<Result>,
): Promise<Result[]> {
  const failures: unknown[] = [];
  const results = await pMap(
    units,
    async (unit) => {
      if (failures.length > 0) return pMapSkip;
      try {
        return await run(unit);
      } catch (error) {
        failures.push(error);
        return pMapSkip;
      }
    },
    { concurrency: inFlight },
  );
  if (failures.length > 0) throw failures[0];
  return results;
}
