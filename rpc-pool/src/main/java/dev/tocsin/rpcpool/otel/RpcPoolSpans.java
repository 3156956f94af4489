package dev.tocsin.rpcpool.otel;

import dev.tocsin.rpcpool.RpcPoolListener;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.Methods;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes a span for each call, as a child of the caller's current span, and below it one for each attempt, whichever thread makes it. While
 * an attempt is made its span is the current one, so that spans of an instrumented HTTP client come below it. Checks of the pool itself
 * have no spans. Nothing is sent to nodes.
 *
 * <table>
 * <caption>Spans</caption>
 * <tr><th>span</th><th>name, kind</th><th>attributes</th></tr>
 * <tr><td>call</td><td>the method; internal</td><td>{@code rpc.system.name} (jsonrpc), {@code rpc.method}, {@code tocsin.rpcpool.outcome},
 *     {@code tocsin.rpcpool.attempts}</td></tr>
 * <tr><td>attempt</td><td>the method; client</td><td>{@code rpc.system.name}, {@code rpc.method}, {@code tocsin.rpcpool.outcome},
 *     {@code tocsin.rpcpool.node} (the node's name), {@code tocsin.rpcpool.hedge} (whether another node was late)</td></tr>
 * </table>
 *
 * <p>The outcome is that of {@link RpcPoolListener.Outcome}. What was refused or failed has the status error and {@code error.type}, the
 * {@link ErrorClass}; all in lower case. A method that is not known is called {@code other} in the span's name, and only there. A call whose
 * transaction is broadcast may end before its attempts do. Safe for use by many threads.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/rpc/json-rpc/">Semantic conventions for JSON-RPC</a>
 */
public final class RpcPoolSpans implements RpcPoolListener {

    private static final String SCOPE = "dev.tocsin.rpcpool";
    private static final String BATCH = "batch";
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("tocsin.rpcpool.outcome");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("tocsin.rpcpool.attempts");
    private static final AttributeKey<String> NODE = AttributeKey.stringKey("tocsin.rpcpool.node");
    private static final AttributeKey<Boolean> HEDGE = AttributeKey.booleanKey("tocsin.rpcpool.hedge");

    private final Tracer tracer;

    private RpcPoolSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * Makes the listener.
     *
     * @param openTelemetry where the spans go
     * @return a listener for {@link dev.tocsin.rpcpool.RpcPoolBuilder#listener}
     */
    public static RpcPoolSpans of(OpenTelemetry openTelemetry) {
        return new RpcPoolSpans(openTelemetry.getTracer(SCOPE));
    }

    @Override
    public Optional<CallTrace> follow(String method) {
        Context callers = Context.current();
        Span span = begin(tracer, method, SpanKind.INTERNAL, callers);
        return Optional.of(new CallSpan(tracer, span, callers.with(span)));
    }

    private static Span begin(Tracer tracer, String method, SpanKind kind, Context parent) {
        String name = method.equals(BATCH) ? BATCH : Methods.of(method).label();
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent)
                .setAttribute(SYSTEM, "jsonrpc")
                .setAttribute(METHOD, method)
                .startSpan();
    }

    private record CallSpan(Tracer tracer, Span span, Context context) implements CallTrace {

        @Override
        @SuppressWarnings("MustBeClosedChecker") // closed at the end of the attempt, on the same thread
        public AttemptTrace attempt(String node, String method, Purpose purpose) {
            Span attempt = begin(tracer, method, SpanKind.CLIENT, context)
                    .setAttribute(NODE, node)
                    .setAttribute(HEDGE, purpose == Purpose.HEDGE);
            return new AttemptSpan(attempt, context.with(attempt).makeCurrent());
        }

        @Override
        public void end(Call call) {
            span.setAttribute(ATTEMPTS, call.attempts());
            RpcPoolSpans.end(span, call.outcome(), call.error());
        }
    }

    private record AttemptSpan(Span span, Scope scope) implements AttemptTrace {

        @Override
        public void end(Attempt attempt) {
            scope.close();
            RpcPoolSpans.end(span, attempt.outcome(), attempt.error());
        }
    }

    private static void end(Span span, Outcome outcome, Optional<ErrorClass> error) {
        span.setAttribute(OUTCOME, low(outcome));
        if (outcome == Outcome.REJECTED || outcome == Outcome.FAILED) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(ERROR, error.isPresent() ? low(error.get()) : low(outcome));
        }
        span.end();
    }

    private static String low(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
