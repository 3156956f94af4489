package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.web3j.crypto.Credentials;
import org.web3j.protocol.Web3j;

/** web3j over a pool of two ways to one real node. */
abstract class TwoWaysToAnvil {

    /** Anvil's first account: its key is published by Anvil itself. */
    static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    AnvilNode anvil;
    TcpProxy first;
    TcpProxy second;
    RpcPool pool;
    Web3j web3j;

    private final Duration pollEvery;

    TwoWaysToAnvil(Duration pollEvery) {
        this.pollEvery = pollEvery;
    }

    /** What a test wants of its pool beyond the two nodes. */
    abstract void configure(RpcPoolBuilder builder);

    @BeforeEach
    void open() throws InterruptedException {
        anvil = AnvilNode.start();
        first = TcpProxy.to(anvil.uri());
        second = TcpProxy.to(anvil.uri());
        pool = openPool();
        web3j = Web3j.build(PooledWeb3jService.over(pool, pollEvery));
    }

    /** One more pool of the two ways. */
    RpcPool openPool() throws InterruptedException {
        RpcPoolBuilder builder = RpcPool.builder()
                .primary(first.uri("http").toString(), second.uri("http").toString())
                .healthCheckEvery(Duration.ofMillis(200));
        configure(builder);
        return builder.open();
    }

    @AfterEach
    void close() throws Exception {
        if (web3j != null) {
            web3j.shutdown();
        }
        for (AutoCloseable closeable : new AutoCloseable[] {pool, first, second, anvil}) {
            if (closeable != null) {
                closeable.close();
            }
        }
    }
}
