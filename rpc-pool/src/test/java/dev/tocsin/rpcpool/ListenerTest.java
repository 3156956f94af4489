package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.hangs;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static dev.tocsin.rpcpool.SimulatedNodes.between;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.RpcPoolListener.AttemptTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Call;
import dev.tocsin.rpcpool.RpcPoolListener.CallTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener hears of calls and their attempts. */
class ListenerTest {

    private static final String METHOD = "eth_gasPrice";

    private final ScriptedTransport nodes = new ScriptedTransport();
    private final RecordingListener listener = new RecordingListener();

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .selection(SelectionStrategy.priority())
                .retryDelay(Duration.ZERO)
                .hedges(0)
                .listener(listener);
    }

    private List<String> ofCalls(String kind) {
        return listener.of(kind).stream()
                .filter(event -> !event.contains(" CHECK "))
                .toList();
    }

    @Test
    void aCallIsToldWithAllItsAttempts() throws InterruptedException {
        nodes.node("a", fails("down")).node("b", says("\"0x1\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.call(METHOD);

            assertThat(listener.of("call")).containsExactly("call eth_gasPrice ANSWERED 2");
            assertThat(ofCalls("attempt"))
                    .containsExactly(
                            "attempt a eth_gasPrice CALL FAILED:TRANSPORT_NOT_SENT",
                            "attempt b eth_gasPrice CALL ANSWERED");
        }
    }

    @Test
    void aCallThatIsRefusedIsToldWithItsClass() throws InterruptedException {
        nodes.node(
                "a",
                (call, cancellation) ->
                        new CallOutcome.Rejected(3, "execution reverted", null, "a", ErrorClass.EXECUTION_REVERTED));
        try (RpcPool pool = nodes.open(settings())) {
            catchThrowable(() -> pool.call(METHOD));

            assertThat(listener.of("call")).containsExactly("call eth_gasPrice REJECTED:EXECUTION_REVERTED 1");
            assertThat(ofCalls("attempt")).containsExactly("attempt a eth_gasPrice CALL REJECTED:EXECUTION_REVERTED");
        }
    }

    @Test
    void aCallThatNobodyServesHasFailed() throws InterruptedException {
        nodes.node("a", fails("down"));
        try (RpcPool pool = nodes.open(settings().attempts(2))) {
            catchThrowable(() -> pool.call(METHOD));

            assertThat(listener.of("call")).containsExactly("call eth_gasPrice FAILED 2");
        }
    }

    @Test
    void aCallWhoseCallerIsInterruptedIsGivenUp() throws InterruptedException {
        nodes.node("a", (call, cancellation) -> {
            throw new InterruptedException();
        });
        try (RpcPool pool = nodes.open(settings())) {
            catchThrowable(() -> pool.call(METHOD));

            assertThat(listener.of("call")).containsExactly("call eth_gasPrice GIVEN_UP 1");
            assertThat(ofCalls("attempt")).containsExactly("attempt a eth_gasPrice CALL GIVEN_UP");
        }
    }

    @Test
    void severalNodesThatAreAskedTheSameAreOneCall() throws InterruptedException {
        CountDownLatch givenUp = new CountDownLatch(1);
        nodes.node("a", hangs(givenUp)).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.agreeing(Agreement.of(2, 3)).call("eth_call");

            assertThat(listener.of("call")).containsExactly("call eth_call ANSWERED 3");
        }
    }

    @Test
    void aSecondRequestThatIsQuickerHasWonAndTheLateOneIsGivenUp() throws InterruptedException {
        SimulatedNodes simulated = new SimulatedNodes(1)
                .node("n0", random -> Duration.ofSeconds(2))
                .node("n1", between(5, 5));
        try (RpcPool pool = simulated.open(hedging())) {
            simulated.run(pool, 1);

            assertThat(listener.of("hedged")).containsExactly("hedged eth_x n0 n1 won");
            assertThat(ofCalls("attempt"))
                    .containsExactly("attempt n1 eth_x HEDGE ANSWERED", "attempt n0 eth_x CALL GIVEN_UP");
            assertThat(listener.of("call")).containsExactly("call eth_x ANSWERED 2");
        }
    }

    @Test
    void aSecondRequestThatIsLaterThanTheFirstHasLost() throws InterruptedException {
        SimulatedNodes simulated = new SimulatedNodes(1)
                .node("n0", random -> Duration.ofMillis(150))
                .node("n1", random -> Duration.ofMillis(500));
        try (RpcPool pool = simulated.open(hedging())) {
            simulated.run(pool, 1);

            assertThat(listener.of("hedged")).containsExactly("hedged eth_x n0 n1 lost");
            assertThat(ofCalls("attempt"))
                    .containsExactly("attempt n1 eth_x HEDGE GIVEN_UP", "attempt n0 eth_x CALL ANSWERED");
        }
    }

    private RpcPoolBuilder hedging() {
        return settings()
                .hedges(1)
                .chain(1)
                .healthCheckEvery(Duration.ofHours(1))
                .primary("http://n0", "http://n1");
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED",
        "404, TRANSPORT_NOT_SENT",
        "400, CLIENT_ERROR",
        "413, REQUEST_TOO_LARGE",
        "429, RATE_LIMITED",
        "500, NODE_ERROR",
        "504, NODE_TIMEOUT",
        "302, PROTOCOL_ERROR",
        "200, PROTOCOL_ERROR"
    })
    void whatANodeSaysWithoutJsonHasAClassToo(int status, ErrorClass error) throws InterruptedException {
        try (FakeNode node = FakeNode.start().on(METHOD, new Reply.Body(status, "<html>"));
                RpcPool pool =
                        settings().attempts(1).primary(node.url()).chain(1).open()) {
            catchThrowable(() -> pool.call(METHOD));

            assertThat(ofCalls("attempt"))
                    .containsExactly("attempt " + node.name() + " eth_gasPrice CALL FAILED:" + error);
        }
    }

    @Test
    void anErrorThatTheTableDoesNotKnowIsTold() throws InterruptedException {
        try (FakeNode node = FakeNode.start().on(METHOD, new Reply.Error(-39999, "wibble wobble"));
                RpcPool pool =
                        settings().attempts(1).primary(node.url()).chain(1).open()) {
            catchThrowable(() -> pool.call(METHOD));
            node.on(METHOD, new Reply.Error(-32000, "header not found"));
            catchThrowable(() -> pool.call(METHOD));

            assertThat(listener.of("unclassified"))
                    .containsExactly("unclassified " + node.name() + " eth_gasPrice -39999 wibble wobble");
        }
    }

    @Test
    void theBeginningAndTheEndOfAPoolAreTold() throws InterruptedException {
        nodes.node("a", says("\"0x1\"")).node("b", says("\"0x1\""));
        RpcPool pool = nodes.open(settings());
        assertThat(listener.of("open")).containsExactly("open 1");
        pool.removeNode("b");
        assertThat(listener.of("removed")).containsExactly("removed b");
        assertThat(listener.of("close")).isEmpty();
        pool.close();
        pool.close();
        assertThat(listener.of("close")).hasSize(1);
    }

    /** Notes what it follows; throws if it is told to. */
    private static final class Follower implements RpcPoolListener {
        private final List<String> steps = new ArrayList<>();
        private final boolean throwsAlways;

        Follower(boolean throwsAlways) {
            this.throwsAlways = throwsAlways;
        }

        private void step(String text) {
            steps.add(text);
            if (throwsAlways) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public Optional<CallTrace> follow(String method) {
            steps.add("begin " + method);
            return Optional.of(new CallTrace() {
                @Override
                public AttemptTrace attempt(String node, String asked, Purpose purpose) {
                    step("attempt " + node);
                    return attempt -> step("end " + attempt.node());
                }

                @Override
                public void end(Call call) {
                    step("end of call");
                }
            });
        }
    }

    @Test
    void aCallCanBeFollowedFromItsBeginningToItsEnd() throws InterruptedException {
        nodes.node("a", fails("down")).node("b", says("\"0x1\""));
        Follower broken = new Follower(true);
        Follower follower = new Follower(false);
        try (RpcPool pool = nodes.open(settings().listener(broken).listener(follower))) {
            assertThat(pool.call(METHOD).asLong()).isEqualTo(1);

            assertThat(follower.steps)
                    .containsExactly("begin eth_gasPrice", "attempt a", "end a", "attempt b", "end b", "end of call");
            assertThat(broken.steps).containsExactly("begin eth_gasPrice", "attempt a", "attempt b", "end of call");
        }
    }

    @Test
    void aCallAtAClosedPoolIsToldToNobody() throws InterruptedException {
        nodes.node("a", says("\"0x1\""));
        RpcPool pool = nodes.open(settings());
        pool.close();

        assertThatThrownBy(() -> pool.call(METHOD)).hasMessage("the pool is closed");
        assertThat(listener.of("call")).isEmpty();
    }
}
