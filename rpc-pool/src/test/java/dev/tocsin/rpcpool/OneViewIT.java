package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.web3j.PooledWeb3jService;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.TcpProxy;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.utils.Numeric;

/** Sessions over two ways to a real node that makes a block of each transaction, sooner than anybody asks for heads. */
class OneViewIT {

    private static final int FLOWS = 50;
    private static final long CHAIN = 31_337;
    private static final String TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    /** Anvil's first account: its key is published by Anvil itself. */
    private static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private AnvilNode anvil;
    private TcpProxy first;
    private TcpProxy second;
    private RpcPool pool;

    @BeforeEach
    void open() throws InterruptedException {
        anvil = AnvilNode.start();
        first = TcpProxy.to(anvil.uri());
        second = TcpProxy.to(anvil.uri());
        pool = RpcPool.builder()
                .chain(CHAIN)
                .primary(first.uri("http").toString(), second.uri("http").toString())
                .selection(SelectionStrategy.roundRobin())
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
        first.close();
        second.close();
        anvil.close();
    }

    private static String signed(BigInteger nonce) {
        BigInteger gwei = BigInteger.valueOf(2_000_000_000L);
        RawTransaction transaction = RawTransaction.createTransaction(
                CHAIN, nonce, BigInteger.valueOf(21_000), TO, BigInteger.ONE, "", gwei, gwei);
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, OWNER));
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        String sender = OWNER.getAddress();
        String recipient = TO;
        BigInteger before = pool.call("eth_getBalance", recipient, "latest").asQuantity();
        // @start region="readme-session"
        RpcSession session = pool.session();
        BigInteger nonce =
                session.call("eth_getTransactionCount", sender, "pending").asQuantity();
        SendOutcome sent = session.send(signed(nonce));
        RpcResult receipt = session.call("eth_getTransactionReceipt", sent.hash());
        for (int looks = 0; receipt.isNull() && looks < 600; looks++) { // a minute; after that it is pending still
            TimeUnit.MILLISECONDS.sleep(100);
            receipt = session.call("eth_getTransactionReceipt", sent.hash());
        }
        BigInteger balance = // has the transfer in it, whichever node answers
                session.call("eth_getBalance", recipient, "latest").asQuantity();
        // @end

        assertThat(balance).isEqualTo(before.add(BigInteger.ONE));
    }

    @Test
    void eachSessionOfWeb3jSeesWhatItHasDone() throws IOException {
        BigInteger before = balance(Web3j.build(PooledWeb3jService.over(pool)));
        for (int i = 0; i < FLOWS; i++) {
            Web3j web3j = Web3j.build(PooledWeb3jService.over(pool.session()));
            BigInteger nonce = web3j.ethGetTransactionCount(OWNER.getAddress(), DefaultBlockParameterName.PENDING)
                    .send()
                    .getTransactionCount();
            String hash = web3j.ethSendRawTransaction(signed(nonce)).send().getTransactionHash();
            await().atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> web3j.ethGetTransactionReceipt(hash)
                            .send()
                            .getTransactionReceipt()
                            .isPresent());

            assertThat(nonce).isEqualTo(BigInteger.valueOf(i));
            assertThat(balance(web3j)).isEqualTo(before.add(BigInteger.valueOf(i + 1L)));
        }
    }

    private static BigInteger balance(Web3j web3j) throws IOException {
        return web3j.ethGetBalance(TO, DefaultBlockParameterName.LATEST).send().getBalance();
    }
}
