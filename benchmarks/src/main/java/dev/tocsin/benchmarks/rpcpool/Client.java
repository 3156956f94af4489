package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.rpcpool.SendOutcome;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.BatchResponse;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.Response;
import org.web3j.protocol.core.methods.response.EthBlockNumber;
import org.web3j.protocol.core.methods.response.EthGetBalance;
import org.web3j.protocol.http.HttpService;

/** What is asked of each client, with its own defaults. */
interface Client extends AutoCloseable {

    void balance(String address) throws Exception;

    long head() throws Exception;

    /** {@code ok}, or what it says instead. */
    String send(String signed) throws Exception;

    /** The head and a balance, asked in one batch. */
    List<BigInteger> batch(String address) throws Exception;

    @Override
    void close();

    /**
     * A client over nodes in order.
     *
     * @param kind {@code tocsin}: all primaries; {@code tocsin-order}: the first primary, the others fallbacks; {@code web3j}: the first alone
     */
    static Client of(String kind, List<String> urls) throws InterruptedException {
        String[] all = urls.toArray(String[]::new);
        return switch (kind) {
            case "tocsin" -> new Tocsin(RpcPool.builder().primary(all));
            case "tocsin-order" ->
                new Tocsin(RpcPool.builder()
                        .primary(urls.getFirst())
                        .fallback(urls.subList(1, urls.size()).toArray(String[]::new)));
            case "web3j" -> new Plain(urls.getFirst());
            default -> throw new IllegalArgumentException("no kind of client: " + kind);
        };
    }

    /** Tocsin's pool. */
    final class Tocsin implements Client {
        private final RpcPool pool;

        Tocsin(RpcPoolBuilder settings) throws InterruptedException {
            pool = settings.chain(31_337).open();
        }

        @Override
        public void balance(String address) throws Exception {
            pool.call("eth_getBalance", address, "latest").asQuantity();
        }

        @Override
        public long head() throws Exception {
            return pool.call("eth_blockNumber").asLong();
        }

        @Override
        public String send(String signed) throws Exception {
            SendOutcome outcome = pool.send(signed);
            return outcome.isTaken() ? "ok" : outcome.toString();
        }

        @Override
        public List<BigInteger> batch(String address) throws Exception {
            return pool
                    .batch(List.of(RpcCall.of("eth_blockNumber"), RpcCall.of("eth_getBalance", address, "latest")))
                    .stream()
                    .map(CallOutcome.Answered.class::cast)
                    .map(answered -> answered.result().asQuantity())
                    .toList();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** web3j over one node: it knows no other way. */
    final class Plain implements Client {
        private final Web3j web3j;

        Plain(String url) {
            web3j = Web3j.build(new HttpService(url));
        }

        @Override
        public void balance(String address) throws Exception {
            checked(web3j.ethGetBalance(address, DefaultBlockParameterName.LATEST)
                            .send())
                    .getBalance();
        }

        @Override
        public long head() throws Exception {
            return checked(web3j.ethBlockNumber().send()).getBlockNumber().longValueExact();
        }

        @Override
        public String send(String signed) throws Exception {
            checked(web3j.ethSendRawTransaction(signed).send());
            return "ok";
        }

        @Override
        public List<BigInteger> batch(String address) throws Exception {
            BatchResponse reply = web3j.newBatch()
                    .add(web3j.ethBlockNumber())
                    .add(web3j.ethGetBalance(address, DefaultBlockParameterName.LATEST))
                    .send();
            EthBlockNumber head = (EthBlockNumber) reply.getResponses().get(0);
            EthGetBalance balance = (EthGetBalance) reply.getResponses().get(1);
            return List.of(head.getBlockNumber(), balance.getBalance());
        }

        private static <T extends Response<?>> T checked(T response) throws IOException {
            if (response.hasError()) {
                throw new IOException(response.getError().getMessage());
            }
            return response;
        }

        @Override
        public void close() {
            web3j.shutdown();
        }
    }
}
