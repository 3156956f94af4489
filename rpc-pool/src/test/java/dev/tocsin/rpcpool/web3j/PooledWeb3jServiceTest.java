package dev.tocsin.rpcpool.web3j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.NoNodeException;
import io.reactivex.disposables.Disposable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthCall;
import org.web3j.protocol.core.methods.response.EthLog;
import org.web3j.protocol.http.HttpService;
import tools.jackson.databind.json.JsonMapper;

/** web3j, unchanged, over a pool. */
class PooledWeb3jServiceTest extends Web3jOfTwoNodes {

    @Test
    void callsFailOverWithoutTheCallerNoticing() throws Exception {
        a.kill();

        for (int i = 0; i < 10; i++) {
            assertThat(web3j.ethGetBalance("0x01", DefaultBlockParameterName.LATEST)
                            .send()
                            .getBalance())
                    .isEqualTo(BigInteger.valueOf(1000));
        }
    }

    @Test
    void parametersArriveAsWeb3jWritesThem() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        for (ScriptedNode node : List.of(a, b)) {
            node.onCall("eth_call", params -> {
                seen.set(params.toString());
                return "\"result\":\"0x2a\"";
            });
        }

        EthCall call = web3j.ethCall(
                        Transaction.createEthCallTransaction("0x1", "0x2", "0xabcd"), DefaultBlockParameterName.LATEST)
                .send();

        assertThat(call.getValue()).isEqualTo("0x2a");
        assertThat(JsonMapper.shared().readTree(seen.get()).path(0).path("to").asString())
                .isEqualTo("0x2");
        assertThat(JsonMapper.shared().readTree(seen.get()).path(1).asString()).isEqualTo("latest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"result\":\"0x2a\"",
                "\"result\":null",
                "\"error\":{\"code\":3,\"message\":\"execution reverted: no\",\"data\":\"0x08c379a0\"}",
                "\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":{\"a\":[1,2,3,4,5,6]}}",
                "\"error\":{\"code\":-32602,\"message\":\"missing \\\"x\\\"\"}",
            })
    void aResponseIsWhatThatOfAnHttpServiceIs(String answer) throws Exception {
        List.of(a, b).forEach(node -> node.onCall("eth_call", params -> answer));
        Web3j plain = Web3j.build(new HttpService(a.url()));
        Transaction transaction = Transaction.createEthCallTransaction(null, "0x2", "0x");

        EthCall ours =
                web3j.ethCall(transaction, DefaultBlockParameterName.LATEST).send();
        EthCall theirs =
                plain.ethCall(transaction, DefaultBlockParameterName.LATEST).send();

        assertThat(ours.getResult()).isEqualTo(theirs.getResult());
        assertThat(ours.getError()).isEqualTo(theirs.getError());
        assertThat(ours.isReverted()).isEqualTo(theirs.isReverted());
        plain.shutdown();
    }

    @Test
    void anIOExceptionSaysThatNoNodeAnswered() {
        a.kill();
        b.kill();

        assertThatThrownBy(() -> web3j.ethBlockNumber().send())
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(NoNodeException.class)
                .hasMessageContaining(a.name());
        assertThatThrownBy(() -> web3j.ethBlockNumber().sendAsync().get()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void anAnswerThatWeb3jCannotReadIsAnIOException() {
        for (ScriptedNode node : List.of(a, b)) {
            node.on("eth_getBlockByNumber", "no block");
        }

        assertThatThrownBy(() -> web3j.ethGetBlockByNumber(DefaultBlockParameterName.LATEST, false)
                        .send())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the answer is not what web3j expects");
    }

    @Test
    void cancellingAnAsynchronousCallInterruptsIt() {
        for (ScriptedNode node : List.of(a, b)) {
            node.behaving((self, request) -> ScriptedNode.Reply.silentAfter(0, ""));
        }
        CompletableFuture<?> call =
                web3j.ethGetBalance("0x01", DefaultBlockParameterName.LATEST).sendAsync();
        await().until(() -> a.count("eth_getBalance") + b.count("eth_getBalance") >= 1);

        call.cancel(true);

        assertThat(call).isCancelled();
    }

    @Test
    void anInterruptedCallKeepsTheInterruptAndSaysSo() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().unstarted(() -> {
            try {
                web3j.ethGetBalance("0x01", DefaultBlockParameterName.LATEST).send();
            } catch (IOException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        a.behaving((self, request) -> ScriptedNode.Reply.silentAfter(0, ""));
        b.behaving((self, request) -> ScriptedNode.Reply.silentAfter(0, ""));
        caller.start();
        await().until(() -> a.count("eth_getBalance") + b.count("eth_getBalance") >= 1);

        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void newHeadsAreToldInOrderAcrossAFailoverAndAReorganisation() {
        List<String> hashes = new CopyOnWriteArrayList<>();
        Disposable subscription = web3j.newHeadsNotifications()
                .subscribe(head -> hashes.add(head.getParams().getResult().getHash()));
        await().until(() -> a.count("eth_getBlockByNumber") + b.count("eth_getBlockByNumber") > 2);

        chain.mine("11a");
        await().until(() -> hashes.size() == 1);
        a.kill();
        chain.mine("12a");
        await().until(() -> hashes.size() == 2);
        chain.replace(2, "11b", "12b", "13b");
        await().until(() -> hashes.size() == 5);
        subscription.dispose();

        assertThat(hashes).containsExactly("0x11a", "0x12a", "0x11b", "0x12b", "0x13b");
    }

    @Test
    void logsOfAReplacedBlockComeAgainAsRemoved() {
        List<String> logs = new CopyOnWriteArrayList<>();
        Disposable subscription = web3j.logsNotifications(List.of("0xc0"), List.of())
                .subscribe(log -> logs.add(log.getParams().getResult().getBlockHash()));
        await().until(() -> a.count("eth_getBlockByNumber") + b.count("eth_getBlockByNumber") > 2);

        chain.mine("11a");
        await().until(() -> logs.size() == 1);
        chain.replace(1, "11b");
        await().until(() -> logs.size() == 3);
        subscription.dispose();

        assertThat(logs).containsExactly("0x11a", "0x11a", "0x11b");
    }

    @Test
    void nothingIsSentToASubscriberThatRequestsNothing() {
        io.reactivex.subscribers.TestSubscriber<Object> slow = new io.reactivex.subscribers.TestSubscriber<>(1);
        web3j.newHeadsNotifications().subscribe(slow);
        await().until(() -> a.count("eth_getBlockByNumber") + b.count("eth_getBlockByNumber") > 2);
        chain.mine("11a");
        chain.mine("12a");
        await().until(() -> slow.valueCount() == 1);

        slow.request(1);

        await().until(() -> slow.valueCount() == 2);
        slow.assertNoErrors();
        slow.cancel();
    }

    @Test
    void otherSubscriptionsSayWhatThereIs() {
        assertThatThrownBy(() -> service.subscribe(
                                new org.web3j.protocol.core.Request<>(
                                        "eth_subscribe",
                                        List.of("newPendingTransactions"),
                                        service,
                                        org.web3j.protocol.core.methods.response.EthSubscribe.class),
                                "eth_unsubscribe",
                                org.web3j.protocol.websocket.events.PendingTransactionNotification.class)
                        .blockingFirst())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("newHeads and logs");
    }

    @Test
    void filtersLiveOnThoughTheirPollsGoToDifferentNodes() throws Exception {
        BigInteger blocks = web3j.ethNewBlockFilter().send().getFilterId();
        BigInteger logs = web3j.ethNewFilter(
                        new EthFilter(DefaultBlockParameterName.LATEST, DefaultBlockParameterName.LATEST, "0xc0"))
                .send()
                .getFilterId();

        chain.mine("11a");
        a.kill();
        chain.mine("12a");

        List<String> changes = new ArrayList<>();
        await().until(
                        () -> { // until the pool knows that the node is dead, whose last word is 10
                            changes.addAll(
                                    hashes(web3j.ethGetFilterChanges(blocks).send()));
                            return changes.size() >= 2;
                        });
        assertThat(changes).containsExactly("0x11a", "0x12a");
        assertThat(web3j.ethGetFilterChanges(blocks).send().getLogs()).isEmpty();
        assertThat(web3j.ethGetFilterChanges(logs).send().getLogs()).hasSize(2);
        assertThat(web3j.ethGetFilterLogs(logs).send().hasError()).isFalse();
        assertThat(web3j.ethUninstallFilter(blocks).send().isUninstalled()).isTrue();
        assertThat(web3j.ethUninstallFilter(blocks).send().isUninstalled()).isFalse();
        assertThat(a.count("eth_newFilter") + b.count("eth_newFilter")).isZero();
        assertThat(web3j.ethGetFilterChanges(blocks).send().getError().getMessage())
                .isEqualTo("filter not found");
        assertThat(web3j.ethNewPendingTransactionFilter().send().hasError()).isTrue();
    }

    private static List<String> hashes(EthLog changes) {
        return changes.getLogs().stream().map(log -> String.valueOf(log.get())).toList();
    }

    @Test
    void closingLeavesThePoolOpen() throws Exception {
        web3j.shutdown();

        assertThat(pool.call("eth_blockNumber").asLong()).isEqualTo(10);
        assertThatThrownBy(() -> web3j.ethBlockNumber().sendAsync().get())
                .hasMessageContaining("the service is closed");
    }
}
