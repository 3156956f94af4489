/**
 * Spans of OpenTelemetry for calls of a pool. Needs {@code io.opentelemetry:opentelemetry-api}.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.otel.RpcPoolSpans#of}.
 */
@NullMarked
package dev.tocsin.rpcpool.otel;

import org.jspecify.annotations.NullMarked;
