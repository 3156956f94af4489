package dev.tocsin.rpcpool.web3j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.testsupport.Contracts;
import io.reactivex.disposables.Disposable;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.BatchResponse;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthBlock;
import org.web3j.protocol.core.methods.response.EthBlockNumber;
import org.web3j.protocol.core.methods.response.EthCall;
import org.web3j.protocol.core.methods.response.EthSendTransaction;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.utils.Convert;
import org.web3j.utils.Numeric;

/** web3j over a pool of two ways to one real node, of which one is cut in the middle. */
class PooledWeb3jIT extends TwoWaysToAnvil {

    private static final BigInteger GAS_PRICE = BigInteger.valueOf(2_000_000_000L);

    PooledWeb3jIT() {
        super(Duration.ofMillis(50));
    }

    @Override
    void configure(RpcPoolBuilder builder) {
        builder.callTimeout(Duration.ofSeconds(5)).retryDelay(Duration.ofMillis(20));
    }

    @Test
    void anAnswerLostAfterTheNodeTookTheTransactionIsNoError() throws Exception {
        for (int nonce = 0; nonce < 20; nonce++) {
            first.heal();
            try (RpcPool fresh = openPool()) { // one that does not know yet that the first way is bad
                first.cutAfter(0);
                RawTransaction raw = RawTransaction.createEtherTransaction(
                        31337,
                        BigInteger.valueOf(nonce),
                        BigInteger.valueOf(21_000),
                        OWNER.getAddress(),
                        BigInteger.ONE,
                        GAS_PRICE,
                        GAS_PRICE);
                String signed = Numeric.toHexString(TransactionEncoder.signMessage(raw, OWNER));

                EthSendTransaction sent = Web3j.build(PooledWeb3jService.over(fresh))
                        .ethSendRawTransaction(signed)
                        .send();

                assertThat(sent.hasError()).as("%s", sent.getError()).isFalse();
                assertThat(sent.getTransactionHash()).isEqualTo(Hash.sha3(signed));
            }
        }
    }

    @Test
    void aTransactionThatNoNodeTakesIsTheNodesError() throws Exception {
        EthSendTransaction noHex = web3j.ethSendRawTransaction("no hex").send();
        assertThat(noHex.getError().getCode()).isEqualTo(-32602);

        RawTransaction tooLittle = RawTransaction.createEtherTransaction(
                31337,
                BigInteger.ZERO,
                BigInteger.valueOf(20_000),
                OWNER.getAddress(),
                BigInteger.ONE,
                GAS_PRICE,
                GAS_PRICE);
        EthSendTransaction refused = web3j.ethSendRawTransaction(
                        Numeric.toHexString(TransactionEncoder.signMessage(tooLittle, OWNER)))
                .send();
        assertThat(refused.getError().getMessage()).contains("intrinsic gas");
    }

    @Test
    void web3jWorksOnWhileANodeIsKilledAndReturns() throws Exception {
        Contracts contracts = Contracts.deploy(anvil);
        for (int round = 0; round < 30; round++) {
            if (round == 5) {
                first.kill();
            } else if (round == 15) {
                first.restore();
                await().until(() -> healthy() == 2);
            } else if (round == 20) {
                second.kill();
            }
            assertThat(web3j.ethBlockNumber().send().getBlockNumber()).isEqualTo(anvil.blockNumber());
            assertThat(web3j.ethGetBalance(OWNER.getAddress(), DefaultBlockParameterName.LATEST)
                            .send()
                            .getBalance())
                    .isPositive();

            TransactionReceipt receipt =
                    send(Convert.toWei("1", Convert.Unit.GWEI).toBigIntegerExact());

            assertThat(receipt.isStatusOK()).isTrue();
            EthCall balance = web3j.ethCall(balanceOf(contracts), DefaultBlockParameterName.LATEST)
                    .send();
            assertThat(Numeric.decodeQuantity(balance.getValue().replaceFirst("^0x0*", "0x")))
                    .isEqualTo(contracts.tokensOf(contracts.owner()));
        }
    }

    @Test
    void nodesErrorIsAResponseErrorWithItsData() throws IOException, InterruptedException {
        Contracts contracts = Contracts.deploy(anvil);

        EthCall call = web3j.ethCall(
                        Transaction.createEthCallTransaction(
                                contracts.owner(),
                                contracts.token(),
                                "0xa9059cbb" + "0".repeat(63) + "1" + "f".repeat(64)), // transfer of more than there is
                        DefaultBlockParameterName.LATEST)
                .send();

        assertThat(call.hasError()).isTrue();
        assertThat(call.getError().getCode()).isEqualTo(3);
        assertThat(call.getError().getMessage()).startsWith("execution reverted");
        assertThat(call.getError().getData()).contains("0x08c379a0");
        assertThat(call.isReverted()).isTrue();
    }

    @Test
    void transactionRefusedByTheNodeIsAResponseError() throws IOException {
        EthSendTransaction sent = web3j.ethSendRawTransaction(signed(BigInteger.valueOf(99), BigInteger.TWO.pow(200)))
                .send();

        assertThat(sent.hasError()).isTrue();
        assertThat(sent.getError().getMessage()).containsIgnoringCase("insufficient funds");
    }

    @Test
    void batchKeepsItsOrderAndItsErrors() throws IOException {
        BatchResponse batch = web3j.newBatch()
                .add(web3j.ethChainId())
                .add(web3j.ethGetTransactionByHash("0x12"))
                .add(web3j.ethGetBlockByNumber(DefaultBlockParameterName.EARLIEST, true))
                .send();

        assertThat(batch.getResponses()).hasSize(3);
        assertThat(batch.getResponses().get(0).getResult()).isEqualTo("0x7a69");
        assertThat(batch.getResponses().get(1).hasError()).isTrue();
        assertThat(((EthBlock) batch.getResponses().get(2)).getBlock().getNumber())
                .isZero();
    }

    @Test
    void answerMayBeAwaited() throws Exception {
        EthBlockNumber number = web3j.ethBlockNumber().sendAsync().get(10, TimeUnit.SECONDS);

        assertThat(number.getBlockNumber()).isZero();
    }

    @Test
    void everyNewHeadIsToldOfThoughANodeIsKilled() throws InterruptedException {
        List<String> heads = new CopyOnWriteArrayList<>();
        Disposable subscription = web3j.newHeadsNotifications()
                .subscribe(head -> heads.add(head.getParams().getResult().getNumber()));
        await().until(() -> {
            anvil.mine(1); // until the subscription has seen its first
            return !heads.isEmpty();
        });
        heads.clear();
        long begin = anvil.blockNumber();
        await().until(() -> heads.contains("0x" + Long.toHexString(begin)) || heads.isEmpty());

        first.kill();
        anvil.mine(5);

        await().until(() -> heads.contains("0x" + Long.toHexString(begin + 5)));
        assertThat(heads)
                .containsSubsequence(java.util.stream.LongStream.rangeClosed(begin + 1, begin + 5)
                        .mapToObj(number -> "0x" + Long.toHexString(number))
                        .toList())
                .doesNotHaveDuplicates();
        subscription.dispose();
    }

    @Test
    void onlyWhenNobodyIsLeftIsThereAnException() {
        first.kill();
        second.kill();

        assertThatThrownBy(() -> web3j.ethBlockNumber().send())
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(NoNodeException.class)
                .hasMessageContaining("cannot connect");
    }

    @Test
    void interruptionIsAnExceptionAndTheFlagStays() {
        first.pause();
        second.pause();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> web3j.ethBlockNumber().send()).isInstanceOf(java.io.InterruptedIOException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    private long healthy() {
        return pool.status().nodes().stream()
                .filter(node -> node.state() == dev.tocsin.rpcpool.NodeState.HEALTHY)
                .count();
    }

    private static Transaction balanceOf(Contracts contracts) {
        return Transaction.createEthCallTransaction(
                contracts.owner(),
                contracts.token(),
                "0x70a08231" + "0".repeat(24) + contracts.owner().substring(2));
    }

    private TransactionReceipt send(BigInteger wei) throws IOException {
        BigInteger nonce = web3j.ethGetTransactionCount(OWNER.getAddress(), DefaultBlockParameterName.PENDING)
                .send()
                .getTransactionCount();
        EthSendTransaction sent =
                web3j.ethSendRawTransaction(signed(nonce, wei)).send();
        assertThat(sent.hasError()).isFalse();
        String hash = sent.getTransactionHash();
        await().until(() -> web3j.ethGetTransactionReceipt(hash)
                .send()
                .getTransactionReceipt()
                .isPresent());
        return web3j.ethGetTransactionReceipt(hash)
                .send()
                .getTransactionReceipt()
                .orElseThrow();
    }

    private static String signed(BigInteger nonce, BigInteger wei) {
        RawTransaction transaction = RawTransaction.createEtherTransaction(
                31_337,
                nonce,
                BigInteger.valueOf(21_000),
                "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
                wei,
                BigInteger.valueOf(1_000_000_000),
                BigInteger.valueOf(100_000_000_000L));
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, 31_337, OWNER));
    }
}
