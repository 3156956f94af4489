package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.web3j.CredentialsSigner;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.web3j.crypto.Credentials;

/**
 * A process of its own, to be killed: recovers, sends what it is told to by several threads, and prints a line at each step, so that whoever
 * kills it can choose where.
 */
final class SenderProcess {
    private static final AtomicInteger STEPS = new AtomicInteger();

    private SenderProcess() {}

    /** Arguments: the node's URL, a key, a folder, the limit and each value in wei, the receiver, how many requests. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[2]);
        BigInteger value = new BigInteger(args[4]);
        try (RpcPool pool = RpcPool.builder().chain(31_337).primary(args[0]).open();
                PendingTransactions pending = PendingTransactions.file(folder.resolve("pending"));
                ExecutorService threads = Executors.newFixedThreadPool(5)) {
            SpendingLimits limits =
                    SpendingLimits.daily(new BigInteger(args[3]), InstantSource.system(), folder.resolve("limits"));
            TransactionSender sender = TransactionSender.builder(
                            pool, CredentialsSigner.of(Credentials.create(args[1])))
                    .pending(pending)
                    .limits(limits)
                    .channel(hex -> send(pool, hex))
                    .maxFee(BigInteger.valueOf(80_000_000_000L))
                    .confirmations(1)
                    .pollEvery(Duration.ofMillis(20))
                    .replaceAfter(Duration.ofSeconds(3)) // a gap that a kill has left is closed so soon
                    .build();
            step();
            sender.recover();
            for (int i = 0; i < Integer.parseInt(args[6]); i++) {
                TransactionRequest request = TransactionRequest.call(
                                "key-" + i, args[5], "0x" + String.format("%08x", i))
                        .withValue(value);
                threads.execute(() -> send(sender, request));
            }
        }
        System.out.println("done");
    }

    private static SendOutcome send(RpcPool pool, String hex) throws InterruptedException {
        step();
        SendOutcome outcome = pool.send(hex);
        step();
        return outcome;
    }

    private static void send(TransactionSender sender, TransactionRequest request) {
        try {
            step();
            TransactionOutcome outcome = sender.send(request);
            System.out.println(request.key() + ' ' + outcome.getClass().getSimpleName());
            step();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void step() {
        System.out.println("step " + STEPS.incrementAndGet() + '.');
    }
}
