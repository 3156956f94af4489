/** One registry, a Prometheus exporter and health. */
package dev.tocsin.metrics;
