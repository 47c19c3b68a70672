/**
 * What those who run a node look at: `/healthz` and `/metrics`.
 * In: the health and the metrics of a node. Out: a hono app, to be mounted at the root.
 */
import { Hono } from 'hono';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

/** `/healthz`: `{"ok":true,"height":7,"time":1546300800000}`, with 503 if it is not well. `/metrics`: Prometheus text. */
export const watchApp = (health: Health, metrics: Metrics): Hono =>
  new Hono()
    .get('/healthz', (context) => {
      const report = health.report();
      return context.json(report, report.ok ? 200 : 503);
    })
    .get('/metrics', async (context) =>
      context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
    );
