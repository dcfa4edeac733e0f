/** AWS prices of a run. Pure. */

/**
 * US dollars, in us-east-1, on demand, arm64, without any free tier, as AWS listed them that day. Other regions charge up to
 * twice as much.
 */
export const PRICES = {
  asOf: '2026-11-20',
  region: 'us-east-1',
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  lambdaGbSecond: 1.33334e-5,
  lambdaRequest: 0.2e-6,
  /** A call of the REST API. */
  apiCall: 3.5e-6,
} as const;

/** What a run used, as far as AWS charges for it. */
export type PaidUse = {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly durationMs: number;
  /** The function's setting. */
  readonly memoryMb: number;
};

/** Rounds to millionths of a dollar: smaller numbers would be printed with an exponent. */
const DECIMALS = 6;

/**
 * The cost of these runs, each as one call of the API; for a laptop, what they would cost on AWS. Without monthly costs:
 * docs/cost.md.
 */
export function runCostUsd(use: PaidUse, runs = 1): number {
  const gbSeconds = (use.memoryMb / 1024) * (Math.max(0, use.durationMs) / 1000);
  const usd =
    PRICES.writeUnit * use.writeUnits +
    PRICES.readUnit * use.readUnits +
    PRICES.lambdaGbSecond * gbSeconds +
    PRICES.lambdaRequest +
    PRICES.apiCall;
  return Number((usd * runs).toFixed(DECIMALS));
}
