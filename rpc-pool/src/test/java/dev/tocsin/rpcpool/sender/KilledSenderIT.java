package dev.tocsin.rpcpool.sender;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Fifty senders of one account, with one source of nonces and one limit, that are killed with {@code kill -9} at random steps and started again. */
class KilledSenderIT {

    private static final long SEED = 20_260_501;
    private static final int KILLS = 8;
    private static final int SENDERS = 50;
    private static final int MOST_STEPS = 2 * SENDERS; // each has more
    private static final BigInteger VALUE = BigInteger.TEN.pow(17);
    private static final BigInteger LIMIT = VALUE.multiply(BigInteger.valueOf(40));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RECEIVER = "0x00000000000000000000000000000000000f00d5";
    /** Anvil's first account: its key is published by Anvil itself. */
    private static final String KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    @TempDir
    private Path folder;

    private ChildProcess start(AnvilNode anvil) {
        return JavaProcess.main(SenderProcess.class, "-Xmx128m", "-XX:TieredStopAtLevel=1")
                .args(
                        anvil.uri().toString(),
                        KEY,
                        folder.toString(),
                        LIMIT.toString(),
                        VALUE.toString(),
                        RECEIVER,
                        Integer.toString(SENDERS))
                .start();
    }

    /** The data of what reached the receiver; it names the key. */
    private static List<String> executed(AnvilNode anvil) throws InterruptedException {
        List<String> inputs = new ArrayList<>();
        for (long number = 1; number <= anvil.blockNumber(); number++) {
            JsonNode block = anvil.rpc("eth_getBlockByNumber", "0x" + Long.toHexString(number), true);
            for (JsonNode sent : block.path("transactions")) {
                if (sent.path("to").asString().equals(RECEIVER)) { // others close gaps, and do nothing
                    inputs.add(sent.path("input").asString());
                }
            }
        }
        return inputs;
    }

    private static BigInteger received(AnvilNode anvil) throws InterruptedException {
        return new BigInteger(
                anvil.rpc("eth_getBalance", RECEIVER, "latest").asString().substring(2), 16);
    }

    private static int waiting(AnvilNode anvil) throws InterruptedException {
        JsonNode status = anvil.rpc("txpool_status");
        return Integer.decode(status.path("pending").asString())
                + Integer.decode(status.path("queued").asString());
    }

    @Test
    void fiftySendersSpendExactlyTheLimitAndEachKeyOnceAndLeaveNoGapHoweverOftenTheyAreKilled()
            throws InterruptedException {
        Random random = new Random(SEED);
        try (AnvilNode anvil = AnvilNode.start()) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (ChildProcess process = start(anvil)) {
                    process.awaitLine("step " + (1 + random.nextInt(MOST_STEPS)) + '.', PATIENCE);
                    process.kill9();
                }
                assertThat(received(anvil))
                        .as("after kill %d, seed %d", kill, SEED)
                        .isLessThanOrEqualTo(LIMIT);
            }
            try (ChildProcess process = start(anvil)) {
                process.awaitLine("done", PATIENCE);
                assertThat(process.stdout())
                        .as("what was executed before is confirmed again, and all else is refused")
                        .filteredOn(line -> line.startsWith("key-"))
                        .hasSize(SENDERS)
                        .allMatch(line -> line.endsWith("Confirmed") || line.endsWith("Refused"));
            }

            List<String> executed = executed(anvil);
            assertThat(executed).doesNotHaveDuplicates();
            assertThat(received(anvil))
                    .isEqualTo(VALUE.multiply(BigInteger.valueOf(executed.size())))
                    .isEqualTo(LIMIT);
            assertThat(waiting(anvil)).as("behind a gap of nonces").isZero();
            SpendingLimits limits = SpendingLimits.daily(LIMIT, SenderProcess.DAY, folder.resolve("limits"));
            assertThat(limits.reserve("one-more", SenderFixture.OWNER, BigInteger.ONE))
                    .isFalse();
        }
    }
}
