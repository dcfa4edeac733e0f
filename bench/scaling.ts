/** A million playlists on virtual time: days, calls, waits and dollars of their first load. */
import { simulateFleet } from '../test/support/account-simulation.ts';
import { type Bound, type Report } from './report.ts';

const LISTS = 1_000_000;
const ACCOUNTS = [1, 100, 1_000];

export async function benchScaling(tell: (what: string) => void): Promise<Report> {
  const fleets = [];
  for (const accounts of ACCOUNTS) {
    const fleet = { accounts, listsEach: LISTS / accounts };
    const beganAt = performance.now();
    const figures = await simulateFleet(fleet, (done) => {
      tell(`scaling: account ${done} of ${accounts}`);
    });
    fleets.push({ ...fleet, ...figures, seconds: (performance.now() - beganAt) / 1000 });
  }
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  return {
    bench: 'scaling',
    title: `Scaling: the first load of ${count(LISTS)} playlists, simulated`,
    rows: [
      [
        ...[
          'accounts',
          'lists each',
          'days of the slowest',
          'calls',
          'of these wasted',
          'waits',
          'executions',
        ],
        ...['most calls of one in 24 hours', 'dollars', 'simulated in'],
      ],
      ...fleets.map((fleet) => [
        ...[count(fleet.accounts), count(fleet.listsEach), fleet.days.toFixed(1)],
        ...[count(fleet.calls), count(fleet.wastedCalls), count(fleet.waits)],
        ...[count(fleet.starts), count(fleet.mostCallsADay), `$${fleet.usd.toFixed(2)}`],
        `${count(fleet.seconds)} s`,
      ]),
    ],
    bounds: fleets.flatMap(({ accounts, callsOverBudget, lists }) => [
      toBound(`${count(accounts)} accounts: calls over the budget`, callsOverBudget, 'calls'),
      toBound(`${count(accounts)} accounts: lists not loaded`, LISTS - lists, 'lists'),
    ]),
    figures: { fleets },
  };
}

function toBound(what: string, measured: number, unit: string): Bound {
  return { what, measured, limit: 0, unit };
}
