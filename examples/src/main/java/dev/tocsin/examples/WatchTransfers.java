package dev.tocsin.examples;

import dev.tocsin.filters.FilterSet;
import dev.tocsin.filters.Log;
import dev.tocsin.filters.Match;
import dev.tocsin.filters.Rule;
import dev.tocsin.filters.Units;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.stream.LogQuery;
import dev.tocsin.rpcpool.stream.LogStream;
import java.util.Map;
import java.util.function.Consumer;

/** Watches large transfers of one token over two nodes: the pool, the stream and the filters, without the runner. */
public final class WatchTransfers {

    private static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";

    private WatchTransfers() {}

    /**
     * Prints what matches until the process ends.
     *
     * @param urls two nodes
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] urls) throws InterruptedException {
        watch(urls[0], urls[1], System.out::println);
    }

    static void watch(String node, String other, Consumer<Match> tell) throws InterruptedException {
        // @start region=readme
        FilterSet filters = FilterSet.builder()
                .units(Units.of(Map.of("USDC", 6)))
                .rule(Rule.named("whale")
                        .on("event Transfer(address indexed from, address indexed to, uint256 value)")
                        .at(USDC)
                        .when("value >= 250_000 USDC"))
                .build();
        try (RpcPool pool = RpcPool.builder().primary(node, other).open();
                LogStream stream = LogStream.over(pool)
                        .logs(LogQuery.event("Transfer(address,address,uint256)"))
                        .open(batch -> batch.logs()
                                .forEach(log -> filters.match(filterLog(log)).forEach(tell)))) {
            stream.awaitClose();
        }
        // @end
    }

    private static Log filterLog(dev.tocsin.rpcpool.stream.Log log) {
        return new Log(
                log.chainId(),
                log.blockNumber(),
                log.blockHash(),
                log.blockTime(),
                log.transactionHash(),
                log.logIndex(),
                log.address(),
                log.topics(),
                log.data());
    }
}
