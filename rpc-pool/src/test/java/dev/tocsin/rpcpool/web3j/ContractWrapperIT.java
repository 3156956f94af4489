package dev.tocsin.rpcpool.web3j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.testsupport.Contracts;
import io.reactivex.disposables.Disposable;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Event;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.RemoteFunctionCall;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.tx.Contract;
import org.web3j.tx.RawTransactionManager;
import org.web3j.tx.TransactionManager;
import org.web3j.tx.gas.StaticGasProvider;

/** A contract wrapper and its events, as web3j generates them, on a real node behind two proxies of which one is killed in the middle. */
@Timeout(180)
class ContractWrapperIT extends TwoWaysToAnvil {

    private static final String BOB = "0x00000000000000000000000000000000000000b0";

    ContractWrapperIT() {
        super(Duration.ofMillis(200));
    }

    @Override
    void configure(RpcPoolBuilder builder) {
        builder.webSocket(first.uri("ws").toString(), second.uri("ws").toString());
    }

    /** As the generator of web3j writes it. */
    private static final class Token extends Contract {
        static final Event TRANSFER = new Event(
                "Transfer",
                List.of(
                        new TypeReference<Address>(true) {},
                        new TypeReference<Address>(true) {},
                        new TypeReference<Uint256>(false) {}));

        Token(String address, Web3j web3j, TransactionManager manager) {
            super(
                    "",
                    address,
                    web3j,
                    manager,
                    new StaticGasProvider(BigInteger.valueOf(20_000_000_000L), BigInteger.valueOf(200_000)));
        }

        RemoteFunctionCall<TransactionReceipt> transfer(String to, BigInteger amount) {
            return executeRemoteCallTransaction(
                    new Function("transfer", List.of(new Address(to), new Uint256(amount)), List.of()));
        }

        RemoteFunctionCall<BigInteger> balanceOf(String owner) {
            return executeRemoteCallSingleValueReturn(
                    new Function(
                            "balanceOf", List.of(new Address(owner)), List.of(new TypeReference<Uint256>(false) {})),
                    BigInteger.class);
        }
    }

    /** The reads go on meanwhile. A transaction that crosses with the reset of its connection may be lost, and the pool says so; see README. */
    private void awaitLeft() {
        await().until(() -> pool.status().healthy() == 1);
    }

    @Test
    void wrappersTransactionsAndEventsOutliveTheLossOfANode() throws Exception {
        Token token = new Token(
                Contracts.deploy(anvil).token(),
                web3j,
                new RawTransactionManager(web3j, OWNER, pool.chainId(), 40, 250));
        anvil.mine(1); // so that the transfers of the deployment are not in the latest block
        List<String> amounts = new CopyOnWriteArrayList<>();
        Disposable events = web3j.ethLogFlowable(new EthFilter(
                                DefaultBlockParameterName.LATEST,
                                DefaultBlockParameterName.LATEST,
                                token.getContractAddress())
                        .addSingleTopic(EventEncoder.encode(Token.TRANSFER)))
                .subscribe(log -> amounts.add(log.getData()));
        AtomicReference<Throwable> readerFailed = new AtomicReference<>();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        Thread reader = Thread.ofVirtual().start(() -> {
            while (!done.get() && readerFailed.get() == null) {
                try {
                    web3j.ethBlockNumber().send();
                    token.balanceOf(BOB).send();
                    reads.incrementAndGet();
                } catch (Exception e) {
                    readerFailed.set(e);
                }
            }
        });

        for (int i = 1; i <= 12; i++) {
            if (i == 4) {
                first.kill();
                awaitLeft();
            }
            if (i == 8) {
                first.restore();
                await().until(() -> pool.status().healthy() == 2);
                second.kill();
                awaitLeft();
            }
            assertThat(token.transfer(BOB, BigInteger.valueOf(i)).send().isStatusOK())
                    .isTrue();
        }
        done.set(true);
        reader.join();

        assertThat(readerFailed.get()).isNull();
        assertThat(reads.get()).isPositive();
        assertThat(token.balanceOf(BOB).send()).isEqualTo(78);
        await().atMost(Duration.ofSeconds(60)).until(() -> amounts.size() >= 12);
        assertThat(amounts).hasSize(12);
        events.dispose();
        assertThat(pool.status().nodes().get(1).state()).isEqualTo(NodeState.UNHEALTHY);
    }
}
