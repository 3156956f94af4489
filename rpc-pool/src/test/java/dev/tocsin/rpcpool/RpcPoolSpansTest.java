package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.otel.RpcPoolSpans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RpcPoolSpansTest {

    private static final String METHOD = "eth_gasPrice";
    private static final AttributeKey<String> NODE = AttributeKey.stringKey("tocsin.rpcpool.node");
    private static final AttributeKey<Boolean> HEDGE = AttributeKey.booleanKey("tocsin.rpcpool.hedge");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("tocsin.rpcpool.attempts");

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final ScriptedTransport nodes = new ScriptedTransport();

    @AfterEach
    void close() {
        telemetry.close();
    }

    private RpcPoolBuilder settings() {
        return RpcPool.builder().selection(SelectionStrategy.priority()).listener(RpcPoolSpans.of(telemetry));
    }

    private List<SpanData> attempts() {
        return of(SpanKind.CLIENT);
    }

    private SpanData call() {
        return of(SpanKind.INTERNAL).getFirst();
    }

    private List<SpanData> of(SpanKind kind) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == kind)
                .toList();
    }

    private static @Nullable String attribute(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    @Test
    void aCallIsASpanWithAChildForEachAttempt() throws InterruptedException {
        nodes.node("a", fails("down")).node("b", says("\"0x1\""));
        Span callers = telemetry.getTracer("test").spanBuilder("mine").startSpan();
        try (RpcPool pool = nodes.open(settings());
                Scope scope = callers.makeCurrent()) {
            assertThat(scope).isNotNull();
            pool.call(METHOD);
            assertThat(Span.current()).isSameAs(callers);
        }

        assertThat(call().getName()).isEqualTo(METHOD);
        assertThat(call().getParentSpanId()).isEqualTo(callers.getSpanContext().getSpanId());
        assertThat(call().getAttributes().get(ATTEMPTS)).isEqualTo(2);
        assertThat(attribute(call(), "tocsin.rpcpool.outcome")).isEqualTo("answered");
        assertThat(call().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attempts()).hasSize(2).allSatisfy(attempt -> {
            assertThat(attempt.getParentSpanId()).isEqualTo(call().getSpanId());
            assertThat(attempt.getAttributes().get(HEDGE)).isFalse();
            assertThat(attribute(attempt, "rpc.system.name")).isEqualTo("jsonrpc");
            assertThat(attribute(attempt, "rpc.method")).isEqualTo(METHOD);
        });
        assertThat(attempts())
                .extracting(span -> span.getAttributes().get(NODE))
                .containsExactly("a", "b");
        assertThat(attempts().getFirst().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attribute(attempts().getFirst(), "error.type")).isEqualTo("transport_not_sent");
        assertThat(attempts().getLast().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void aSecondRequestOnAnotherThreadIsAChildOfTheSameCall() throws InterruptedException {
        try (FakeNode slow = FakeNode.start().on(METHOD, new Reply.Stall());
                FakeNode quick = FakeNode.start().on(METHOD, new Reply.Result("\"0x1\""));
                RpcPool pool =
                        settings().primary(slow.url(), quick.url()).hedges(1).open()) {
            pool.call(METHOD);

            await().until(() -> attempts().size() == 2);
            assertThat(attempts())
                    .allSatisfy(attempt -> assertThat(attempt.getParentSpanId()).isEqualTo(call().getSpanId()))
                    .extracting(span -> span.getAttributes().get(NODE) + " "
                            + span.getAttributes().get(HEDGE) + " " + attribute(span, "tocsin.rpcpool.outcome"))
                    .containsExactlyInAnyOrder(slow.name() + " false given_up", quick.name() + " true answered");
            assertThat(attempts())
                    .allSatisfy(attempt ->
                            assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET));
        }
    }

    @Test
    void severalNodesThatAreAskedAtOnceAreChildrenOfTheSameCall() throws InterruptedException {
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.agreeing(Agreement.of(2, 2)).call("eth_call");
        }

        assertThat(attempts())
                .hasSize(2)
                .allSatisfy(attempt -> assertThat(attempt.getParentSpanId()).isEqualTo(call().getSpanId()));
    }

    @Test
    void theAttemptIsTheCurrentSpanWhileItIsMade() throws InterruptedException {
        List<String> current = new ArrayList<>();
        nodes.node("a", (call, cancellation) -> {
            current.add(Span.current().getSpanContext().getSpanId());
            return says("\"0x1\"").to(call, cancellation);
        });
        try (RpcPool pool = nodes.open(settings())) {
            pool.call(METHOD);
            assertThat(Span.current().getSpanContext().isValid()).isFalse();
        }

        assertThat(current).containsExactly(attempts().getFirst().getSpanId());
    }

    @Test
    void aRefusalHasItsClassInBothSpans() throws InterruptedException {
        nodes.node(
                "a",
                (call, cancellation) ->
                        new CallOutcome.Rejected(3, "execution reverted", null, "a", ErrorClass.EXECUTION_REVERTED));
        try (RpcPool pool = nodes.open(settings())) {
            catchThrowable(() -> pool.call(METHOD));
        }

        assertThat(List.of(call(), attempts().getFirst())).allSatisfy(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(attribute(span, "error.type")).isEqualTo("execution_reverted");
            assertThat(attribute(span, "tocsin.rpcpool.outcome")).isEqualTo("rejected");
        });
    }

    @Test
    void namesOfSpansAreBoundedAndChecksHaveNone() throws InterruptedException {
        nodes.node("a", says("\"0x1\""));
        try (RpcPool pool = nodes.open(settings())) {
            assertThat(spans.getFinishedSpanItems()).isEmpty();
            pool.call("my_method");
        }

        assertThat(spans.getFinishedSpanItems()).hasSize(2).allSatisfy(span -> {
            assertThat(span.getName()).isEqualTo("other");
            assertThat(attribute(span, "rpc.method")).isEqualTo("my_method");
        });
    }
}
