package dev.tocsin.rpcpool.sender;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Reverted;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import dev.tocsin.rpcpool.web3j.CredentialsSigner;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.Contracts;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.web3j.crypto.Credentials;
import tools.jackson.databind.JsonNode;

/** Sends to a real node. */
class TransactionSenderIT {

    private static final BigInteger ETHER = BigInteger.TEN.pow(18);
    private static final String RECEIVER = "0x00000000000000000000000000000000000f00d5";
    private static final String[] KEYS = { // of Anvil's first accounts: published by Anvil itself
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
        "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
        "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"
    };

    private final Signer signer = CredentialsSigner.of(Credentials.create(KEYS[0]));

    @TempDir
    private Path folder;

    private AnvilNode anvil;
    private RpcPool pool;

    @BeforeEach
    void start() throws InterruptedException {
        anvil = AnvilNode.builder().quickFinality().start();
        pool = RpcPool.builder().chain(31_337).primary(anvil.uri().toString()).open();
    }

    @AfterEach
    void close() {
        pool.close();
        anvil.close();
    }

    private static BigInteger gwei(long gwei) {
        return BigInteger.valueOf(gwei).multiply(BigInteger.TEN.pow(9));
    }

    private TransactionSenderBuilder sender() {
        return TransactionSender.builder(pool, signer)
                .maxFee(gwei(80))
                .confirmations(1)
                .pollEvery(ofMillis(20));
    }

    private static TransactionRequest ether(String key, long ether) {
        return TransactionRequest.transfer(key, RECEIVER, ETHER.multiply(BigInteger.valueOf(ether)));
    }

    private BigInteger received() throws InterruptedException {
        return pool.call("eth_getBalance", RECEIVER, "latest").asQuantity();
    }

    private JsonNode transaction(String hash) throws InterruptedException {
        return anvil.rpc("eth_getTransactionByHash", hash);
    }

    private long pendingOnTheNode() throws InterruptedException {
        return Long.decode(anvil.rpc("txpool_status").path("pending").asString());
    }

    /** Works in the background while the test looks at the node. */
    private Future<TransactionOutcome> inBackground(ExecutorService threads, Callable<TransactionOutcome> work) {
        return threads.submit(work);
    }

    @Test
    void etherIsSentWithADynamicFee() throws InterruptedException {
        TransactionOutcome outcome = sender().simulateFirst().build().send(ether("a", 1));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Confirmed.class,
                        confirmed -> assertThat(confirmed.receipt().isSuccess()).isTrue());
        JsonNode sent = transaction(((Confirmed) outcome).receipt().hash());
        assertThat(sent.path("type").asString()).isEqualTo("0x2");
        assertThat(sent.path("from").asString()).isEqualTo(signer.address());
        assertThat(received()).isEqualTo(ETHER);
    }

    @Test
    void etherIsSentWithALegacyPrice() throws InterruptedException {
        TransactionOutcome outcome = sender().legacy().build().send(ether("a", 1));

        assertThat(transaction(((Confirmed) outcome).receipt().hash())
                        .path("type")
                        .asString())
                .isEqualTo("0x0");
        assertThat(received()).isEqualTo(ETHER);
    }

    @Test
    void simulationFindsTheRevertAndItsReason() throws InterruptedException {
        Contracts contracts = Contracts.deploy(anvil);
        String transfer = "0xa9059cbb" + "0".repeat(24) + RECEIVER.substring(2) + String.format("%064x", 7);
        Signer poor = CredentialsSigner.of(Credentials.create(KEYS[1]));

        TransactionOutcome outcome = TransactionSender.builder(pool, poor)
                .maxFee(gwei(80))
                .simulateFirst()
                .build()
                .send(TransactionRequest.call("a", contracts.token(), transfer));

        assertThat(outcome).isEqualTo(new Reverted("ERC20: transfer amount exceeds balance", Optional.empty()));
        assertThat(anvil.rpc("eth_getTransactionCount", poor.address(), "pending")
                        .asString())
                .isEqualTo("0x0");
    }

    @Test
    void revertInABlockIsToldWithItsReason() throws InterruptedException {
        Contracts contracts = Contracts.deploy(anvil);
        String transfer = "0xa9059cbb" + "0".repeat(24) + RECEIVER.substring(2) + String.format("%064x", 7);
        Signer poor = CredentialsSigner.of(Credentials.create(KEYS[1]));

        TransactionOutcome outcome = TransactionSender.builder(pool, poor)
                .maxFee(gwei(80))
                .confirmations(1)
                .pollEvery(ofMillis(20))
                .build()
                .send(TransactionRequest.call("a", contracts.token(), transfer).withGas(100_000));

        assertThat(outcome).isInstanceOfSatisfying(Reverted.class, reverted -> {
            assertThat(reverted.reason()).isEqualTo("ERC20: transfer amount exceeds balance");
            assertThat(reverted.receipt()).isPresent();
        });
    }

    @Test
    void tokensAreMovedWithinTheirCap() throws InterruptedException {
        Contracts contracts = Contracts.deploy(anvil);
        String transfer = "0xa9059cbb" + "0".repeat(24) + RECEIVER.substring(2);
        TransactionSender sender = sender().allowTokens(List.of(contracts.token()))
                .maxTokenAmount(contracts.token(), BigInteger.TEN)
                .build();

        assertThat(sender.send(TransactionRequest.call("a", contracts.token(), transfer + String.format("%064x", 11))))
                .isInstanceOf(Refused.class);
        assertThat(sender.send(TransactionRequest.call("b", contracts.token(), transfer + String.format("%064x", 10))))
                .isInstanceOf(Confirmed.class);

        assertThat(contracts.tokensOf(RECEIVER)).isEqualTo(BigInteger.TEN);
    }

    @Test
    void stuckTransactionIsReplacedAndExecutedOnce() throws Exception {
        anvil.rpc("evm_setAutomine", false);
        TransactionSender sender = sender().replaceAfter(ofMillis(300)).build();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TransactionOutcome> sending = inBackground(threads, () -> sender.send(ether("a", 1)));
            await().until(() -> pendingOnTheNode() == 1);
            BigInteger first = maxFeeOfTheWaiting();
            await().until(() -> maxFeeOfTheWaiting().compareTo(first) > 0);
            assertThat(maxFeeOfTheWaiting().multiply(BigInteger.TEN))
                    .isGreaterThanOrEqualTo(first.multiply(BigInteger.valueOf(11)));
            anvil.mine(1);

            assertThat(sending.get()).isInstanceOf(Confirmed.class);
        }

        assertThat(received()).isEqualTo(ETHER);
    }

    private BigInteger maxFeeOfTheWaiting() throws InterruptedException {
        JsonNode waiting =
                anvil.rpc("txpool_content").path("pending").iterator().next();
        return new BigInteger(
                waiting.iterator().next().path("maxFeePerGas").asString().substring(2), 16);
    }

    @Test
    void waitingTransactionIsCancelled() throws Exception {
        anvil.rpc("evm_setAutomine", false);
        TransactionSender sender = sender().build();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TransactionOutcome> sending = inBackground(threads, () -> sender.send(ether("a", 1)));
            await().until(() -> pendingOnTheNode() == 1);
            BigInteger first = maxFeeOfTheWaiting();
            Future<TransactionOutcome> cancelling =
                    inBackground(threads, () -> sender.cancel("a").orElseThrow());
            await().until(() -> maxFeeOfTheWaiting().compareTo(first) > 0);
            anvil.mine(1);

            assertThat(sending.get()).isInstanceOf(Dropped.class).isEqualTo(cancelling.get());
        }

        assertThat(received()).isZero();
        assertThat(sender.cancel("a")).isEmpty();
    }

    @Test
    void confirmationsAndFinalityAreWaitedFor() throws Exception {
        TransactionSender threeDeep =
                sender().confirmations(3).giveUpAfter(ofMillis(300)).build();
        assertThat(threeDeep.send(ether("a", 1))).isInstanceOf(Unknown.class);
        anvil.mine(1);
        assertThat(threeDeep.send(ether("a", 1))).isInstanceOf(Unknown.class);
        anvil.mine(1);
        await().until(() -> threeDeep.send(ether("a", 1)) instanceof Confirmed); // a busy machine gives up as well

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TransactionSender untilFinal = sender().untilFinal().build();
            Future<TransactionOutcome> sending = inBackground(threads, () -> untilFinal.send(ether("b", 1)));
            await().until(() -> received().equals(ETHER.multiply(BigInteger.TWO)));
            anvil.mine(3);

            assertThat(sending.get()).isInstanceOf(Confirmed.class);
        }
        assertThat(received()).isEqualTo(ETHER.multiply(BigInteger.TWO));
    }

    @Test
    void reorganisationBeforeTheConfirmationIsFollowed() throws Exception {
        TransactionSender sender =
                sender().confirmations(3).replaceAfter(ofMillis(200)).build();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TransactionOutcome> sending = inBackground(threads, () -> sender.send(ether("a", 1)));
            await().until(() -> received().equals(ETHER));
            anvil.reorg(1);
            await().until(() -> received().equals(ETHER));
            anvil.mine(3);

            assertThat(sending.get()).isInstanceOf(Confirmed.class);
        }
        assertThat(received()).isEqualTo(ETHER);
    }

    @Test
    void fiftyThreadsOfFiveAccountsWithOneDailyLimitNeverExceedIt() throws Exception {
        BigInteger limit = ETHER.multiply(BigInteger.valueOf(20));
        List<Callable<TransactionOutcome>> all = new ArrayList<>();
        for (int account = 0; account < 5; account++) {
            TransactionSender sender = TransactionSender.builder(
                            pool, CredentialsSigner.of(Credentials.create(KEYS[account])))
                    .limits(SpendingLimits.daily(limit, InstantSource.system(), folder.resolve("limits")))
                    .maxFee(gwei(80))
                    .confirmations(1)
                    .pollEvery(ofMillis(20))
                    .build();
            for (int i = 0; i < 10; i++) {
                TransactionRequest request = ether(account + "-" + i, 3);
                all.add(() -> sender.send(request));
            }
        }

        int confirmed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<TransactionOutcome> outcome : threads.invokeAll(all)) {
                confirmed += outcome.get() instanceof Confirmed ? 1 : 0;
            }
        }

        assertThat(confirmed).isEqualTo(6);
        assertThat(received()).isEqualTo(ETHER.multiply(BigInteger.valueOf(18))).isLessThanOrEqualTo(limit);
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        InstantSource clock = InstantSource.system();
        TransactionRequest order = ether("invoice-2041", 1);
        List<String> says = new ArrayList<>();
        anvil.rpc("anvil_setIntervalMining", 1);
        // @start region="readme-sender"
        try (PendingTransactions pending = PendingTransactions.file(folder.resolve("pending"))) {
            TransactionSender sender = TransactionSender.builder(pool, signer)
                    .pending(pending) // what is on its way, for after a crash
                    .limits(SpendingLimits.daily(ETHER, clock, folder.resolve("limits"))) // for all that name this file
                    .simulateFirst()
                    .maxFee(gwei(80))
                    .replaceAfter(ofSeconds(45))
                    .build();
            sender.recover();
            says.add(
                    switch (sender.send(order)) {
                        case Confirmed confirmed ->
                            "in block " + confirmed.receipt().blockNumber();
                        case Reverted reverted -> "reverts: " + reverted.reason();
                        case Refused refused -> "never left this process: " + refused.limit();
                        case Dropped dropped -> "not executed: " + dropped.cause();
                        case Unknown unknown -> "may be executed yet: " + unknown.hash();
                    });
        }
        // @end

        assertThat(says.getFirst()).startsWith("in block ");
    }
}
