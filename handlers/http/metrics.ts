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
