package dev.tocsin.rpcpool.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

@Timeout(60)
class SingleFlightTest {

    private static final RpcCall BALANCE = RpcCall.of("eth_getBalance", "0x1", "latest");
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final CallContext PATIENT = new CallContext(HOUR, -1);
    private static final CallOutcome ANSWER = answer("0x1");

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Test
    void aThousandCallersAtOnceAreOneRequest() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return ANSWER;
        });
        List<Caller> callers = startThatWait(flight, 1_000, PATIENT);

        goOn.countDown();

        for (Caller caller : callers) {
            assertThat(caller.result.get()).isSameAs(ANSWER);
        }
        assertThat(requests).hasValue(1);
        assertThat(flight.underWay()).isZero();
    }

    @Test
    void aRefusalIsAllCallers() throws Exception {
        CallOutcome refusal =
                new CallOutcome.Rejected(3, "execution reverted", "0x", "a", ErrorClass.EXECUTION_REVERTED);
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return refusal;
        });
        List<Caller> callers = startThatWait(flight, 20, PATIENT);

        goOn.countDown();

        for (Caller caller : callers) {
            assertThat(caller.result.get()).isSameAs(refusal);
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void thatNobodyServesItIsAllCallers() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            throw new RpcException("no node served it", null);
        });
        List<Caller> callers = startThatWait(flight, 20, PATIENT);

        goOn.countDown();

        for (Caller caller : callers) {
            assertThatThrownBy(caller.result::get).hasMessageContaining("no node served it");
        }
        assertThat(requests).hasValue(1);
        assertThat(flight.underWay()).isZero();
    }

    @Test
    void anotherAsksAgainWhenTheFirstIsInterrupted() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return ANSWER;
        });
        List<Caller> callers = startThatWait(flight, 20, PATIENT);

        callers.getFirst().thread.interrupt();

        assertThatThrownBy(callers.getFirst().result::get).hasCauseInstanceOf(InterruptedException.class);
        await().until(() -> requests.get() == 2);
        callers.subList(1, callers.size()).forEach(Caller::awaitThatItWaits);
        goOn.countDown();
        for (Caller caller : callers.subList(1, callers.size())) {
            assertThat(caller.result.get()).isSameAs(ANSWER);
        }
        assertThat(flight.underWay()).isZero();
    }

    @Test
    void anInterruptThatTheLayerBelowTurnsIntoAFailureIsNoMatterOfTheOthers() throws Exception {
        SingleFlight flight = over((call, context) -> {
            try {
                goOn.await();
                return ANSWER;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RpcException("interrupted", e);
            }
        });
        List<Caller> callers = startThatWait(flight, 2, PATIENT);

        callers.getFirst().thread.interrupt();

        await().until(() -> requests.get() == 2);
        goOn.countDown();
        assertThat(callers.getLast().result.get()).isSameAs(ANSWER);
    }

    @Test
    void oneWhoWaitsAndIsInterruptedLeavesTheOthersAlone() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return ANSWER;
        });
        List<Caller> callers = startThatWait(flight, 3, PATIENT);

        callers.get(1).thread.interrupt();

        assertThatThrownBy(callers.get(1).result::get).hasCauseInstanceOf(InterruptedException.class);
        goOn.countDown();
        assertThat(callers.get(0).result.get()).isSameAs(ANSWER);
        assertThat(callers.get(2).result.get()).isSameAs(ANSWER);
        assertThat(requests).hasValue(1);
    }

    @Test
    void anotherAsksAgainWhenTheTimeOfTheFirstIsOver() throws Exception {
        long second = Duration.ofSeconds(1).toNanos();
        CountDownLatch timeIsOver = new CountDownLatch(1);
        SingleFlight flight = over((call, context) -> {
            if (context.deadline() == second) {
                timeIsOver.await();
                clock.set(2 * second);
                throw new RpcException("no time left", null);
            }
            goOn.await();
            return ANSWER;
        });
        Caller hasty = startThatWait(flight, 1, new CallContext(second, -1)).getFirst();
        List<Caller> patient = startThatWait(flight, 20, PATIENT);

        timeIsOver.countDown();

        assertThatThrownBy(hasty.result::get).hasMessageContaining("no time left");
        await().until(() -> requests.get() == 2);
        patient.forEach(Caller::awaitThatItWaits);
        goOn.countDown();
        for (Caller caller : patient) {
            assertThat(caller.result.get()).isSameAs(ANSWER);
        }
        assertThat(flight.underWay()).isZero();
    }

    @Test
    void whoHasNoMoreTimeThanTheFirstSharesItsFailure() throws Exception {
        long second = Duration.ofSeconds(1).toNanos();
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            clock.set(second);
            throw new RpcException("no time left", null);
        });
        List<Caller> callers = startThatWait(flight, 20, new CallContext(second, -1));
        callers.addAll(startThatWait(
                flight, 1, new CallContext(second + Duration.ofMillis(1).toNanos(), -1)));

        goOn.countDown();

        for (Caller caller : callers) {
            assertThatThrownBy(caller.result::get).hasMessageContaining("no time left");
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void whoWaitsGivesUpAtItsOwnDeadline() throws Exception {
        SingleFlight flight = new SingleFlight(
                (call, context) -> {
                    if (context.deadline() - System.nanoTime() <= 0) {
                        throw new RpcException("no time left", null);
                    }
                    goOn.await();
                    return ANSWER;
                },
                System::nanoTime);
        Caller first = startThatWait(flight, 1, new CallContext(System.nanoTime() + HOUR, -1))
                .getFirst();

        assertThatThrownBy(() -> flight.call(BALANCE, new CallContext(System.nanoTime() + 1_000_000, -1)))
                .hasMessageContaining("no time left");

        goOn.countDown();
        assertThat(first.result.get()).isSameAs(ANSWER);
    }

    @Test
    void whoNeedsANewerBlockDoesNotTakeTheAnswerOfOneWhoDoesNot() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return answer("0x" + context.minHead());
        });
        Caller any = startThatWait(flight, 1, PATIENT).getFirst();
        Caller newer = startThatWait(flight, 1, PATIENT.withMinHead(9)).getFirst();
        Caller older = startThatWait(flight, 1, PATIENT.withMinHead(8)).getFirst();

        goOn.countDown();

        assertThat(text(any.result.get())).isEqualTo("0x-1");
        assertThat(text(newer.result.get())).isEqualTo("0x9");
        assertThat(older.result.get()).isSameAs(newer.result.get());
        assertThat(requests).hasValue(2);
        assertThat(flight.underWay()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_sendRawTransaction",
                "anvil_mine",
                "eth_newFilter",
                "eth_getFilterChanges",
                "eth_noSuchThing"
            })
    void whatChangesSomethingOrIsNotKnownIsAskedForEachCaller(String method) throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            return ANSWER;
        });
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(new Caller(flight, RpcCall.of(method, "0x1"), PATIENT));
        }

        await().until(() -> requests.get() == 5);
        goOn.countDown();

        for (Caller caller : callers) {
            assertThat(caller.result.get()).isSameAs(ANSWER);
        }
    }

    @Test
    void anErrorOfTheFirstIsItsOwn() throws Exception {
        SingleFlight flight = over((call, context) -> {
            goOn.await();
            if (requests.get() == 1) {
                throw new StackOverflowError();
            }
            return ANSWER;
        });
        List<Caller> callers = startThatWait(flight, 2, PATIENT);

        goOn.countDown();

        assertThatThrownBy(callers.getFirst().result::get).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(callers.getLast().result.get()).isSameAs(ANSWER);
    }

    @TestFactory
    Stream<DynamicTest> whateverHappensEachGetsTheAnswerToItsOwnQuestionAndNothingIsLeft() {
        return IntStream.range(0, 5)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> chaos(new Random(seed))));
    }

    private static void chaos(Random random) throws InterruptedException {
        AtomicInteger turn = new AtomicInteger(random.nextInt(1_000));
        SingleFlight flight = new SingleFlight(
                (call, context) -> {
                    Thread.yield();
                    return switch (turn.incrementAndGet() % 7) {
                        case 0 -> throw new RpcException("no node", null);
                        case 1 -> throw new InterruptedException();
                        default -> answer((String) call.params().getFirst());
                    };
                },
                System::nanoTime);
        ConcurrentHashMap<String, Boolean> wrong = new ConcurrentHashMap<>();
        AtomicInteger answered = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int j = 0; j < 2_000; j++) {
                    String address = "0x" + j % 3;
                    CallContext context = new CallContext(System.nanoTime() + HOUR, j % 2);
                    try {
                        CallOutcome outcome = flight.call(RpcCall.of("eth_getBalance", address, "latest"), context);
                        answered.incrementAndGet();
                        if (!text(outcome).equals(address)) {
                            wrong.put(address, true);
                        }
                    } catch (RpcException | InterruptedException e) {
                        // as it was told
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).isEmpty();
        assertThat(answered.get()).isGreaterThan(8_000);
        assertThat(flight.underWay()).isZero();
    }

    private SingleFlight over(Layer below) {
        return new SingleFlight(
                (call, context) -> {
                    requests.incrementAndGet();
                    return below.call(call, context);
                },
                clock::get);
    }

    /** Callers that wait for an answer, the first of them before the others. */
    private static List<Caller> startThatWait(SingleFlight flight, int count, CallContext context) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Caller caller = new Caller(flight, BALANCE, context);
            callers.add(caller);
            if (i == 0) {
                caller.awaitThatItWaits();
            }
        }
        callers.forEach(Caller::awaitThatItWaits);
        return callers;
    }

    private static CallOutcome answer(String text) {
        return new CallOutcome.Answered(
                RpcResult.of(JsonNodeFactory.instance.stringNode(text), "a", Duration.ofMillis(1)));
    }

    private static String text(CallOutcome outcome) {
        return ((CallOutcome.Answered) outcome).result().asText();
    }

    private static final class Caller {
        private final CompletableFuture<CallOutcome> result = new CompletableFuture<>();
        private final Thread thread;

        Caller(SingleFlight flight, RpcCall call, CallContext context) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    result.complete(flight.call(call, context));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        }

        void awaitThatItWaits() {
            await().pollInSameThread()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING);
        }
    }
}
