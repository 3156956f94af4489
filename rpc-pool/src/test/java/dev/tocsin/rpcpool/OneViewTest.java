package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/** Nodes of which some lag, one flaps and one is ahead of the chain: what a caller sees is one chain that grows. */
class OneViewTest {

    private static final String RECEIPT = "eth_getTransactionReceipt";
    private static final int READS = 10_000;
    private static final Map<String, String> CLOCK = Map.of("to", LaggingNodes.CLOCK);

    private final Random random = new Random(7);
    private LaggingNodes chain = new LaggingNodes(11)
            .late("a", Duration.ofMillis(50))
            .late("b", Duration.ofMillis(900))
            .late("c", Duration.ofSeconds(5))
            .flapping("d", 10)
            .ahead("e", 5);
    private long seen;
    private long finalizedSeen;
    private int regressions;
    private int tooNew;
    private long roseAt;
    private long longestStill;
    private int nonsenseAt;

    private void read(RpcCaller caller) throws InterruptedException {
        chain.pass(Duration.ofMillis(random.nextInt(200)));
        switch (random.nextInt(5)) {
            case 0 -> saw(caller.call("eth_blockNumber").asLong());
            case 1 -> saw(number(caller.call("eth_getBlockByNumber", "latest", false)));
            case 2 -> saw(caller.call("eth_call", CLOCK, "latest").asLong());
            case 3 -> {
                long number = number(caller.call("eth_getBlockByNumber", "finalized", false));
                regressions += number < finalizedSeen ? 1 : 0;
                finalizedSeen = Math.max(finalizedSeen, number);
            }
            default -> {
                List<CallOutcome> outcomes = caller.batch(List.of(
                        RpcCall.of("eth_blockNumber"),
                        RpcCall.of("eth_call", CLOCK, "latest"),
                        RpcCall.of("eth_getBlockByNumber", "latest", false)));
                saw(LayeredCaller.result("", outcomes.get(0)).asLong());
                saw(LayeredCaller.result("", outcomes.get(1)).asLong());
                saw(number(LayeredCaller.result("", outcomes.get(2))));
            }
        }
    }

    private void readOften(RpcCaller caller, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            read(caller);
        }
    }

    private void readInSessions(int readsOfEach) throws InterruptedException {
        try (RpcPool pool = chain.open(Pinning.WHEN_NODES_DIFFER)) {
            for (int i = 0; i < READS / readsOfEach; i++) {
                readOften(pool.session(), readsOfEach);
            }
        }
    }

    private void nothingWentBack() {
        assertThat(regressions).isZero();
        assertThat(tooNew).isZero();
        assertThat(Duration.ofNanos(longestStill)).isLessThan(LaggingNodes.BLOCK.multipliedBy(3));
    }

    private static long number(RpcResult block) {
        return Long.decode(block.tree().path("number").asString());
    }

    private void saw(long number) {
        regressions += number < seen ? 1 : 0;
        tooNew += number > chain.head() ? 1 : 0;
        if (number > seen) {
            longestStill = Math.max(longestStill, roseAt == 0 ? 0 : chain.now() - roseAt);
            roseAt = chain.now();
            seen = number;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WHEN_NODES_DIFFER", "ALWAYS"})
    void tenThousandReadsNeverGoBack(Pinning pinning) throws InterruptedException {
        try (RpcPool pool = chain.open(pinning)) {
            readOften(pool, READS);
        }

        nothingWentBack();
        assertThat(chain.head() - seen).isLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void readsOfSessionsNeverGoBack(int readsOfEach) throws InterruptedException {
        readInSessions(readsOfEach);

        nothingWentBack();
    }

    @ParameterizedTest
    @EnumSource(names = {"WHEN_NODES_DIFFER", "ALWAYS"})
    void tenThousandReadsOfManyMachinesBehindOneAddressNeverGoBack(Pinning pinning) throws InterruptedException {
        chain = new LaggingNodes(11).flapping("balancer", 3);
        try (RpcPool pool = chain.open(pinning)) {
            seeItGoBack(pool);
            readOften(pool, READS);
        }

        nothingWentBack();
        assertThat(chain.head() - seen).isLessThan(3);
    }

    /** Until the pool has seen it go back it does not pin, and a state does not tell of which block it is. */
    private void seeItGoBack(RpcPool pool) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            chain.pass(Duration.ofMillis(100));
            saw(pool.call("eth_blockNumber").asLong());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void readsOfSessionsOfOneAddressNeverGoBack(int readsOfEach) throws InterruptedException {
        chain = new LaggingNodes(11).flapping("balancer", 3);
        readInSessions(readsOfEach);

        nothingWentBack();
    }

    @ParameterizedTest
    @EnumSource(names = "NEVER")
    void withoutPinningTheSameReadsGoBack(Pinning pinning) throws InterruptedException {
        try (RpcPool pool = chain.open(pinning)) {
            readOften(pool, READS);
        }

        assertThat(regressions).isGreaterThan(READS / 100);
        assertThat(tooNew).isGreaterThan(READS / 100);
    }

    @ParameterizedTest(name = "{0} nodes, blocks of {1} s")
    @CsvSource({"1, 2", "3, 2", "1, 12", "2, 12", "3, 12"})
    void receiptOfATransactionThatAReorganisationHasDroppedIsNullAgainWithinTheCall(int count, int seconds)
            throws InterruptedException {
        SimulatedChain blocks = new SimulatedChain(Duration.ofSeconds(seconds));
        AtomicReference<JsonNode> receipt = new AtomicReference<>();
        for (int i = 0; i < count; i++) {
            blocks.node("n" + i).says =
                    call -> call.method().equals(RECEIPT) ? Optional.ofNullable(receipt.get()) : Optional.empty();
        }
        try (RpcPool pool = blocks.settings().open()) {
            for (int i = 0; i < 20; i++) {
                pool.call("eth_chainId");
                blocks.pass(Duration.ofSeconds(seconds));
            }
            receipt.set(
                    JsonMapper.shared().readTree("{\"blockNumber\":\"0x" + Long.toHexString(blocks.head()) + "\"}"));
            assertThat(pool.call(RECEIPT, "0xd").isNull()).isFalse();

            receipt.set(NullNode.getInstance()); // another block of that height, without it
            blocks.pass(Duration.ofMillis(700));
            long began = blocks.clock.nanos();
            assertThat(pool.call(RECEIPT, "0xd").isNull()).isTrue();
            long gone = blocks.clock.nanos();
            assertThat(Duration.ofNanos(gone - began)).isLessThan(Duration.ofSeconds(7));
            assertThat(pool.call(RECEIPT, "0xd").isNull()).isTrue();
            assertThat(Duration.ofNanos(blocks.clock.nanos() - gone)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void oneNonsenseHeadOfTheOnlyNodeDoesNotStopReadsOfLatest() throws InterruptedException {
        SimulatedChain blocks = new SimulatedChain(Duration.ofSeconds(2));
        SimulatedChain.SimulatedNode node = blocks.node("balancer");
        try (RpcPool pool = blocks.settings().open()) {
            node.head = () -> 0xffff_ffffL; // one machine behind the address
            node.says = call -> {
                node.head = node.asked("eth_blockNumber") > nonsenseAt ? blocks::head : node.head;
                return Optional.empty();
            };
            nonsenseAt = node.asked("eth_blockNumber") + 1;

            assertThat(pool.call("eth_blockNumber").asLong()).isEqualTo(blocks.head());
            assertThat(pool.call("eth_blockNumber").asLong()).isEqualTo(blocks.head());
            assertThat(pool.call("eth_getBalance", "0xa", "latest").asLong()).isEqualTo(7);
        }
    }
}
