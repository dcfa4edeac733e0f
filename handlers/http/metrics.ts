import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** The namespace is the service's and its stage's: `serverless.yml` sets `POWERTOOLS_METRICS_NAMESPACE`. */
const metrics = new Metrics({ serviceName: 'spotify-etl' });

/**
 * Publishes how long the login still lasts, as a line of CloudWatch's embedded metric format: no call is made for it. Below 30
 * it is time for a new login; at 0 nothing can be read any more.
 */
export function publishTokenDaysLeft(days: number): void {
  metrics.addMetric('TokenDaysLeft', MetricUnit.Count, days);
  metrics.publishStoredMetrics();
}

type WalkedRows = { readonly done: number; readonly failed: number; readonly left: number };

/** Publishes what a walk over the playlists file came to: rows answered, refused for good, and left for the next one. */
export function publishWalkedRows({ done, failed, left }: WalkedRows): void {
  metrics.addMetric('RowsDone', MetricUnit.Count, done);
  metrics.addMetric('RowsFailed', MetricUnit.Count, failed);
  metrics.addMetric('RowsLeft', MetricUnit.Count, left);
  metrics.publishStoredMetrics();
}
