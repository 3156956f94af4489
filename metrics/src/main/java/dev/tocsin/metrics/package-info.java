/**
 * One registry, a Prometheus exporter and health.
 *
 * <p>The tour: a {@link dev.tocsin.metrics.PrometheusExporter} owns the registry that all modules' meters go to, and writes it in the format that
 * a scraper asks for. {@link dev.tocsin.metrics.Health} asks {@link dev.tocsin.metrics.HealthCheck}s how the components of a program are,
 * all at once and within a deadline, and answers with a {@link dev.tocsin.metrics.HealthReport}. A
 * {@link dev.tocsin.metrics.Heartbeat} says how long ago a loop last went round.
 *
 * <p>The vocabulary:
 *
 * <dl>
 *   <dt>component
 *   <dd>a part of a program that can be up or down, for example the nodes
 *   <dt>readiness
 *   <dd>whether the program can do its work now: all its components are up
 *   <dt>liveness
 *   <dd>whether the program must be restarted: one of its vital components is down, so only what a restart would heal is vital
 *   <dt>scrape
 *   <dd>one reading of all meters
 * </dl>
 */
package dev.tocsin.metrics;
