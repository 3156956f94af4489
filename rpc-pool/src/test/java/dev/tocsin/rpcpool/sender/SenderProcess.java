package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.web3j.CredentialsSigner;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.web3j.crypto.Credentials;

/**
 * A process of its own, to be killed: many senders of one account, each with a store of its own, with one source of nonces and one limit. They
 * recover, send what they are told to, all at once, and print a line at each step, so that whoever kills it can choose where.
 */
final class SenderProcess {
    /** The same in each process, be it midnight meanwhile. */
    static final InstantSource DAY = InstantSource.fixed(Instant.parse("2026-05-01T12:00:00Z"));

    private static final AtomicInteger STEPS = new AtomicInteger();

    private SenderProcess() {}

    /** Arguments: the node's URL, a key, a folder, the limit and each value in wei, the receiver, how many senders, each with one request. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[2]);
        BigInteger value = new BigInteger(args[4]);
        Signer signer = CredentialsSigner.of(Credentials.create(args[1]));
        List<PendingTransactions> stores = new ArrayList<>(); // held until the process ends
        try (RpcPool pool = RpcPool.builder().chain(31_337).primary(args[0]).open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            NonceSource nonces = NonceSource.counting(pool, signer.address());
            SpendingLimits limits = SpendingLimits.daily(new BigInteger(args[3]), DAY, folder.resolve("limits"));
            List<TransactionSender> senders = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[6]); i++) {
                stores.add(PendingTransactions.file(folder.resolve("pending-" + i)));
                senders.add(TransactionSender.builder(pool, signer)
                        .pending(stores.getLast())
                        .nonces(nonces)
                        .limits(limits)
                        .channel(hex -> send(pool, hex))
                        .maxFee(BigInteger.valueOf(80_000_000_000L))
                        .confirmations(1)
                        .pollEvery(Duration.ofMillis(20))
                        .replaceAfter(Duration.ofSeconds(3)) // a gap that a kill has left is closed so soon
                        .build());
            }
            step();
            for (int i = 0; i < senders.size(); i++) {
                TransactionSender sender = senders.get(i);
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
            sender.recover();
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
