package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.internal.node.Head;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The cache as it works in a pool; its rules one by one are in {@code ReadCacheTest}. */
class CacheTest {

    private static final String HASH = "0x" + "ab".repeat(32);

    private final ScriptedTransport nodes = new ScriptedTransport();

    private int requests(RpcPool pool, String method, Object... params) throws InterruptedException {
        nodes.asked.clear();
        for (int i = 0; i < 3; i++) {
            pool.call(method, params);
        }
        return nodes.asked.size();
    }

    @Test
    void whatIsAskedForByHashIsAskedOnce() throws InterruptedException {
        nodes.node("a", says("{\"hash\":\"" + HASH + "\",\"number\":\"0x1\"}"));
        try (RpcPool pool = nodes.open(RpcPool.builder().cache(1 << 20))) {
            assertThat(requests(pool, "eth_getBlockByHash", HASH, false)).isEqualTo(1);
        }
    }

    @Test
    void nullIsAskedForAgain() throws InterruptedException {
        nodes.node("a", says("null"));
        try (RpcPool pool = nodes.open(RpcPool.builder().cache(1 << 20))) {
            assertThat(requests(pool, "eth_getBlockByHash", HASH, false)).isEqualTo(3);
        }
    }

    @Test
    void whatIsLatestIsAskedForAgainOnceANewHeadIsHeardOf() throws InterruptedException {
        nodes.node("a", says("\"0x5\""));
        try (RpcPool pool = nodes.open(RpcPool.builder().cache(1 << 20))) {
            pool.view.learned(pool.nodes.all().getFirst(), new Head(1, HASH, null));
            assertThat(requests(pool, "eth_getBalance", "0x1", "latest")).isEqualTo(1);
            assertThat(requests(pool, "eth_getBalance", "0x1", "latest")).isZero();

            pool.view.learned(pool.nodes.all().getFirst(), new Head(2, "0x2", HASH));

            assertThat(requests(pool, "eth_getBalance", "0x1", "latest")).isEqualTo(1);
        }
    }

    @Test
    void theHeadItselfIsNeverKept() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        nodes.node("a", says("\"0x5\"")).onHead(() -> "0x" + Integer.toHexString(asked.incrementAndGet()));
        try (RpcPool pool = nodes.open(RpcPool.builder().cache(1 << 20))) {
            long before = pool.call("eth_blockNumber").asLong();

            assertThat(pool.call("eth_blockNumber").asLong()).isGreaterThan(before);
        }
    }

    @Test
    void withoutTheSettingNothingIsKept() throws InterruptedException {
        nodes.node("a", says("{\"hash\":\"" + HASH + "\"}"));
        try (RpcPool pool = nodes.open()) {
            assertThat(requests(pool, "eth_getBlockByHash", HASH, false)).isEqualTo(3);
        }
        assertThatThrownBy(() -> RpcPool.builder().cache(-1)).hasMessage("cache must be at least 0 bytes, was -1");
    }
}
