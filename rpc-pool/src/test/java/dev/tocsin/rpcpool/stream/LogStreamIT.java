package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.Contracts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream over a real node: its heads, logs, blooms and reorganisations. */
@Timeout(180)
final class LogStreamIT {
    private static final String BOB = "0x00000000000000000000000000000000000000b0";
    private static final String TRANSFER = "Transfer(address,address,uint256)";

    private final List<String> retries = new CopyOnWriteArrayList<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final SharedLedger ledger = new SharedLedger();
    private AnvilNode node;
    private RpcPool pool;

    /** The ledger, read by the test while the stream writes. */
    private static final class SharedLedger {
        private final Ledger ledger = new Ledger(); // guarded by lock
        private final ReentrantLock lock = new ReentrantLock(); // guards ledger

        void apply(LogBatch batch) {
            lock.lock();
            try {
                ledger.apply(batch);
            } finally {
                lock.unlock();
            }
        }

        List<String> keys() {
            return read(Ledger::liveKeys);
        }

        int retracted() {
            return read(reading -> reading.retracted);
        }

        String hash() {
            return read(reading -> reading.checkpoint.map(Checkpoint::hash).orElse(""));
        }

        private <T> T read(Function<Ledger, T> reading) {
            lock.lock();
            try {
                return reading.apply(ledger);
            } finally {
                lock.unlock();
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        node = AnvilNode.start();
        pool = RpcPool.builder()
                .primary(node.uri().toString())
                .webSocket(node.webSocketUri().toString())
                .open();
    }

    @AfterEach
    void close() {
        if (pool != null) {
            pool.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private LogStream.Builder stream() {
        return LogStream.over(pool).pollEvery(Duration.ofMillis(200)).listener(new LogStreamListener() {
            @Override
            public void onRetry(long chainId, String why, int attempt, Duration pause) {
                retries.add(why);
            }

            @Override
            public void onViolation(long chainId, String why) {
                violations.add(why);
            }
        });
    }

    /** The keys of all logs of the chain, as the node tells by range. */
    private List<String> truth(LogQuery query) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        node.rpc("eth_getLogs", Map.of("fromBlock", "0x0", "toBlock", "latest")).forEach(log -> {
            String topic = log.path("topics").path(0).asString();
            boolean wanted = (query.addresses().isEmpty()
                            || query.addresses().contains(log.path("address").asString()))
                    && (query.topic0s().isEmpty() || query.topic0s().contains(topic));
            if (wanted) {
                keys.add(String.join(
                        ":",
                        "31337",
                        log.path("blockHash").asString(),
                        log.path("transactionHash").asString(),
                        Long.toString(Long.decode(log.path("logIndex").asString()))));
            }
        });
        return keys;
    }

    private void awaitTruth(LogStream stream, LogQuery query) throws InterruptedException {
        long head = node.blockNumber();
        List<String> truth = truth(query);
        String hash =
                node.rpc("eth_getBlockByNumber", "latest", false).path("hash").asString();
        Supplier<String> state = () -> stream.status() + " retries " + retries;
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ledger.hash()).as(state).isEqualTo(hash));
        assertThat(stream.status().processed()).isEqualTo(head);
        assertThat(ledger.keys()).containsExactlyElementsOf(truth);
        assertThat(violations).isEmpty();
    }

    @Test
    void everyLogOfRealContractsArrivesOnceAndItsBloomProvesIt() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        try (LogStream stream = stream().fromBlock(0).open(ledger::apply)) {
            for (int i = 0; i < 10; i++) {
                contracts.transfer(BOB, BigInteger.valueOf(1000 + i));
                contracts.sellTokens(BigInteger.TEN.pow(18));
            }
            awaitTruth(stream, LogQuery.all());
            assertThat(ledger.keys().size()).isGreaterThan(50);
            assertThat(retries).isEmpty();
        }
    }

    @Test
    void onlyTheWantedEventsOfOneContractArrive() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        LogQuery query = LogQuery.address(contracts.token()).withEvents(TRANSFER);
        try (LogStream stream =
                stream().fromBlock(0).logs(contracts.token(), TRANSFER).open(ledger::apply)) {
            contracts.transfer(BOB, BigInteger.ONE);
            contracts.buyTokens(BigInteger.TEN.pow(15));
            node.mine(5);
            awaitTruth(stream, query);
        }
    }

    @Test
    void aNewBlockArrivesThroughTheHeadSubscriptionLongBeforeTheNextPoll() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        try (LogStream stream =
                LogStream.over(pool).pollEvery(Duration.ofMinutes(10)).open(ledger::apply)) {
            await().until(() -> stream.status().processed() == node.blockNumber());
            await().pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> {
                        contracts.transfer(BOB, BigInteger.TWO); // again, until the subscription stands
                        await().atMost(Duration.ofSeconds(1))
                                .until(() -> !ledger.keys().isEmpty());
                    });
        }
    }

    @Test
    void aReorganisationIsFollowedAtTheSameHeight() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        try (LogStream stream = stream().fromBlock(0).open(ledger::apply)) {
            contracts.transfer(BOB, BigInteger.ONE);
            contracts.transfer(BOB, BigInteger.TWO);
            awaitTruth(stream, LogQuery.all());

            node.reorg(2); // the transfers are gone, the height is the same

            awaitTruth(stream, LogQuery.all());
            assertThat(ledger.retracted()).isEqualTo(2);
            contracts.transfer(BOB, BigInteger.TEN);
            awaitTruth(stream, LogQuery.all());
        }
    }

    @Test
    void manyReorganisationsAmongTransfersLoseAndRepeatNothing() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        node.mine(12);
        try (LogStream stream = stream().fromBlock(0).open(ledger::apply)) {
            for (int i = 1; i <= 20; i++) {
                contracts.transfer(BOB, BigInteger.valueOf(i));
                if (i % 2 == 0) {
                    node.reorg(1 + i % 7);
                }
                if (i % 3 == 0) {
                    node.mine(1 + i % 4);
                }
            }
            node.mine(1);
            awaitTruth(stream, LogQuery.all());
        }
    }

    @Test
    void aRestartGoesOnAndRetractsWhatWasDroppedMeanwhile() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        try (LogStream stream = stream().from(store).fromBlock(0).open(ledger::apply)) {
            contracts.transfer(BOB, BigInteger.ONE);
            contracts.transfer(BOB, BigInteger.TWO);
            awaitTruth(stream, LogQuery.all());
        }

        node.reorg(2);
        contracts.transfer(BOB, BigInteger.valueOf(3));
        node.mine(120);

        try (LogStream stream = stream().from(store).fromBlock(0).open(ledger::apply)) {
            awaitTruth(stream, LogQuery.all());
        }
        assertThat(ledger.retracted()).isEqualTo(2);
    }

    @Test
    void confirmedBlocksHideShallowReorganisations() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        try (LogStream stream =
                stream().fromBlock(0).release(Release.confirmations(4)).open(ledger::apply)) {
            contracts.transfer(BOB, BigInteger.ONE);
            node.reorg(1);
            contracts.transfer(BOB, BigInteger.TWO);
            node.mine(4);
            long last = node.blockNumber() - 4;
            await().until(() -> stream.status().processed() == last);

            assertThat(ledger.retracted()).isZero();
            assertThat(ledger.keys()).containsExactlyElementsOf(truth(LogQuery.all()));
        }
    }

    @Test
    void aBacklogOfFourThousandBlocksIsReadInSeconds() throws Exception {
        node.mine(4_000);
        long began = System.nanoTime();
        try (LogStream stream = stream().fromBlock(0).open(ledger::apply)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> stream.status().processed() == 4_000);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void theLinesOfTheReadmeRun() throws Exception {
        Contracts contracts = Contracts.deploy(node);
        String token = contracts.token();
        // @start region="readme-stream"
        Map<String, Log> transfers = new ConcurrentHashMap<>();
        CheckpointStore checkpoints = new InMemoryCheckpoints(); // a port: load and save
        LogStream stream = LogStream.over(pool)
                .from(checkpoints)
                .logs(token, "Transfer(address,address,uint256)")
                .release(Release.confirmations(2)) // or Release.INSTANT
                .open(batch -> {
                    for (Header dropped : batch.retracted()) {
                        transfers.values().removeIf(log -> log.blockHash().equals(dropped.hash()));
                    }
                    batch.logs().forEach(log -> transfers.put(log.key(), log));
                });
        // @end
        try (stream) {
            contracts.transfer(BOB, BigInteger.ONE);
            node.mine(2);
            await().until(() -> transfers.size() == 1);
        }
    }
}
