package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.RpcPool;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.web3j.protocol.Web3j;

/** web3j over a pool of two fake nodes that serve one scripted chain. */
abstract class Web3jOfTwoNodes {

    private static final Duration POLL = Duration.ofMillis(10);

    final ScriptedChain chain = new ScriptedChain();
    final ScriptedNode a = chain.serve(ScriptedNode.ofChain(1));
    final ScriptedNode b = chain.serve(ScriptedNode.ofChain(1));
    RpcPool pool;
    PooledWeb3jService service;
    Web3j web3j;

    @BeforeEach
    void open() throws InterruptedException {
        pool = RpcPool.builder()
                .primary(a.url(), b.url())
                .retryDelay(Duration.ZERO)
                .healthCheckEvery(Duration.ofHours(1))
                .open();
        service = PooledWeb3jService.over(pool, POLL);
        web3j = Web3j.build(service);
    }

    @AfterEach
    void close() {
        web3j.shutdown();
        pool.close();
        a.close();
        b.close();
    }
}
