package dev.tocsin.rpcpool.internal.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.method.BlockRef.ByHash;
import dev.tocsin.rpcpool.internal.method.BlockRef.ByNumber;
import dev.tocsin.rpcpool.internal.method.BlockRef.None;
import dev.tocsin.rpcpool.internal.method.BlockRef.Tag;
import dev.tocsin.rpcpool.internal.read.CallKey;
import dev.tocsin.rpcpool.internal.read.RandomJson;
import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

class BlockRefTest {

    private static final String HASH = "0x" + "aB".repeat(32);
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void numbersAreRead() {
        assertThat(BlockRef.of("0x10")).isEqualTo(new ByNumber(16));
        assertThat(BlockRef.of("0x0")).isEqualTo(new ByNumber(0));
        assertThat(BlockRef.of("0x7fffffffffffffff")).isEqualTo(new ByNumber(Long.MAX_VALUE));
        assertThat(BlockRef.of(16)).isEqualTo(new ByNumber(16));
        assertThat(BlockRef.of(16L)).isEqualTo(new ByNumber(16));
        assertThat(BlockRef.of(BigInteger.TEN)).isEqualTo(new ByNumber(10));
        assertThat(BlockRef.of(Map.of("blockNumber", "0x10"))).isEqualTo(new ByNumber(16));
    }

    @Test
    void hashesAreRead() {
        assertThat(BlockRef.of(HASH)).isEqualTo(new ByHash(HASH, false));
        assertThat(BlockRef.of(Map.of("blockHash", HASH))).isEqualTo(new ByHash(HASH, false));
        assertThat(BlockRef.of(Map.of("blockHash", HASH, "requireCanonical", true)))
                .isEqualTo(new ByHash(HASH, true));
    }

    @Test
    void tagsAreRead() {
        for (Tag tag : Tag.values()) {
            assertThat(BlockRef.of(tag.name().toLowerCase(java.util.Locale.ROOT)))
                    .isEqualTo(tag);
        }
    }

    @Test
    void jacksonsTreesAreReadAsJavasValues() throws Exception {
        assertThat(BlockRef.of(JSON.readTree("\"0x10\""))).isEqualTo(new ByNumber(16));
        assertThat(BlockRef.of(JSON.readTree("16"))).isEqualTo(new ByNumber(16));
        assertThat(BlockRef.of(JSON.readTree("{\"blockHash\":\"" + HASH + "\",\"requireCanonical\":true}")))
                .isEqualTo(new ByHash(HASH, true));
        assertThat(BlockRef.of(JSON.readTree("{\"blockNumber\":\"latest\"}"))).isEqualTo(Tag.LATEST);
    }

    @Test
    void whatNoNodeTakesForABlockIsNone() {
        assertThat(Stream.of(
                                "",
                                "0x",
                                "0X10",
                                "10",
                                "0xg",
                                "Latest",
                                HASH + "0",
                                "0x" + "z".repeat(64),
                                "0xffffffffffffffff")
                        .map(BlockRef::of))
                .containsOnly(None.NONE);
        assertThat(BlockRef.of(-1)).isEqualTo(None.NONE);
        assertThat(BlockRef.of(1.5)).isEqualTo(None.NONE);
        assertThat(BlockRef.of(BigInteger.ONE.shiftLeft(63))).isEqualTo(None.NONE);
        assertThat(BlockRef.of(Map.of("blockHash", "0x10"))).isEqualTo(None.NONE);
        assertThat(BlockRef.of(null)).isEqualTo(None.NONE);
    }

    @Test
    void logsDependOnTheirRange() {
        RpcCall range = RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x5", "toBlock", "0x9"));
        RpcCall open = RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x5"));
        RpcCall one = RpcCall.of("eth_getLogs", Map.of("blockHash", HASH));
        Method logs = Methods.of("eth_getLogs");

        assertThat(logs.oldestBlock(range)).isEqualTo(new ByNumber(5));
        assertThat(logs.newestBlock(range)).isEqualTo(new ByNumber(9));
        assertThat(logs.newestBlock(open)).isEqualTo(Tag.LATEST);
        assertThat(logs.oldestBlock(one)).isEqualTo(new ByHash(HASH, false));
        assertThat(logs.newestBlock(one)).isEqualTo(new ByHash(HASH, false));
        assertThat(Methods.of("trace_filter").oldestBlock(RpcCall.of("trace_filter", Map.of())))
                .isEqualTo(Tag.EARLIEST);
    }

    @Test
    void aMapThatCannotBeAskedForATextIsNoBlock() {
        assertThat(BlockRef.of(new TreeMap<>(Map.of(1, 2)))).isEqualTo(None.NONE);
    }

    @TestFactory
    Stream<DynamicTest> oddParametersNeverThrow() {
        String[] methods = Methods.all().keySet().stream().sorted().toArray(String[]::new);
        return IntStream.range(0, 10)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    RandomJson random = new RandomJson(new Random(seed));
                    for (int i = 0; i < 2_000; i++) {
                        RpcCall call = new RpcCall(random.oneOf(methods), random.params());
                        Method method = Methods.of(call.method());
                        assertThatCode(() -> {
                                    assertThat(method.newestBlock(call)).isNotNull();
                                    assertThat(method.oldestBlock(call)).isNotNull();
                                    CallKey.of(call);
                                })
                                .as("%s", call)
                                .doesNotThrowAnyException();
                    }
                }));
    }
}
