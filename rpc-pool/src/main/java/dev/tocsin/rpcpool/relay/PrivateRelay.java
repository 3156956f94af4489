package dev.tocsin.rpcpool.relay;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Sends transactions and bundles to a relay that hands them to builders, past the public mempool. Follows Flashbots' contracts.
 *
 * <p>The relay's URL, its keys and the signer stay secret: what is printed or thrown names the relay by host. A transaction is printed by its
 * hash at most. What public nodes come to see is said at {@link Fallback}.
 *
 * <p>Long-lived and safe for use by many threads; blocking, made for virtual threads. Closing it frees its connections and not the pool.
 */
public final class PrivateRelay implements AutoCloseable {

    /** How far ahead a relay takes transactions and bundles. */
    private static final int MOST_BLOCKS = 25;

    private static final int LARGEST_BUNDLE_BYTES = 300_000;
    /** After so long a relay takes a transaction again that it says it has never heard of. */
    private static final Duration UNHEARD_OF = Duration.ofMinutes(5);

    private final Desk desk;
    private final Duration resolveTimeout;
    private volatile boolean closed;

    PrivateRelay(PrivateRelayBuilder settings) {
        desk = new Desk(
                new RelayClient(
                        settings.url, settings.status, settings.signer, settings.errors, settings.requestTimeout),
                settings.pool,
                new ChainView(settings.pool),
                new NonceLedger(settings.maxPending),
                settings.fallback,
                settings.pollEvery,
                settings.nanoTicker,
                settings.pause);
        resolveTimeout = settings.resolveTimeout;
    }

    /**
     * Begins a relay.
     *
     * @param url https (or http, where the way is as private as the transactions); may hold keys, which are never repeated in any message
     * @param signer the key that the relay knows us by
     * @param pool public nodes of the same chain; is not closed with the relay
     * @return the settings
     * @throws IllegalArgumentException if that is no http URL
     */
    public static PrivateRelayBuilder builder(String url, RelaySigner signer, RpcPool pool) {
        return new PrivateRelayBuilder(url, signer, pool);
    }

    /**
     * Sends a transaction as {@link PrivateOptions#standard()} says.
     *
     * @param signedTransactionHex as for {@link #send(String, PrivateOptions)}
     * @return the transaction
     * @throws RpcException as for {@link #send(String, PrivateOptions)}
     * @throws InterruptedException as for {@link #send(String, PrivateOptions)}
     */
    public PrivateTransaction send(String signedTransactionHex) throws InterruptedException {
        return send(signedTransactionHex, PrivateOptions.standard());
    }

    /**
     * Sends a transaction to the relay. Does not wait for a block: see the result's {@link PrivateTransaction#outcome} and {@link PrivateTransaction#await}.
     *
     * <p>Three calls of the pool and one of the relay. If the relay answers what leaves its fate open (nothing, or a bare "internal error"), its status and
     * the chain are asked, for at most the {@linkplain PrivateRelayBuilder#resolveTimeout resolve timeout}.
     *
     * <p>What the relay would refuse is refused here, with nothing sent: a tip of zero, more than 131,072 bytes, a nonce outside of what is
     * confirmed and one more than what is pending, a last block outside of the next 25, another chain.
     *
     * <p>The same transaction again is not sent again unless the relay gave it up, or has not heard of it for five minutes; the result is then the earlier one,
     * with the earlier options, polled.
     *
     * @param signedTransactionHex 0x and the signed bytes
     * @param options for how long, and who may see what
     * @return the transaction, with what is known of it; its outcome is {@link PrivateOutcome.Rejected} if the relay does not have it
     * @throws IllegalArgumentException if that is no hexadecimal text, or no transaction of a known type, signed
     * @throws RpcException if the pool cannot tell head and nonces, as many transactions are pending as may be, or this is closed; nothing was sent. Under
     *     {@link Fallback#IMMEDIATE} also if the pool was closed meanwhile; the relay may have it
     * @throws InterruptedException if interrupted; the relay may have it, and the same call again tells
     * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint#eth_sendprivatetransaction">eth_sendPrivateTransaction</a>
     * @see <a href="https://github.com/flashbots/rpc-endpoint/blob/main/server/request_processor.go">the rules, in Flashbots' own endpoint</a>
     */
    public PrivateTransaction send(String signedTransactionHex, PrivateOptions options) throws InterruptedException {
        Signed signed = parse(signedTransactionHex);
        requireNonNull(options, "options");
        requireOpen();
        Optional<PrivateTransaction> earlier = desk.ledger().transaction(signed.hash());
        if (earlier.isPresent()) {
            earlier.get().poll();
            if (!earlier.get().mayBeSentAgain(UNHEARD_OF)) {
                return earlier.get();
            }
            desk.ledger().end(signed.hash());
        }
        long head = desk.chain().head();
        long maxBlock = options.maxBlock().orElse(head + MOST_BLOCKS);
        OptionalLong earlierMaxBlock =
                earlier.map(one -> OptionalLong.of(one.maxBlock())).orElse(OptionalLong.empty());
        PrivateTransaction transaction = new PrivateTransaction(desk, signed, head, maxBlock, earlierMaxBlock);
        if (isInvalid(transaction, signed, head) || isAgainstTheRules(transaction, signed)) {
            return transaction;
        }
        switch (desk.ledger().enter(transaction.claim())) {
            case NOW -> {
                Reply reply = ask(
                        "eth_sendPrivateTransaction",
                        Wire.transaction(signed, maxBlock, options),
                        List.of(signed.hash()));
                transaction.submitted(reply, resolveTimeout);
            }
            case BEFORE -> {
                return desk.ledger().transaction(signed.hash()).orElse(transaction); // another thread's, just now
            }
            case FULL -> throw full();
        }
        return transaction;
    }

    /**
     * Sends a bundle to the relay. It is never published, whatever the {@link Fallback}. Its signed transactions count for {@link #nextNonce} until
     * its last block is over.
     *
     * <p>One call of the pool and one of the relay.
     *
     * @param bundle for blocks at most 25 after the head
     * @return what the relay said
     * @throws IllegalArgumentException if one of its transactions is of no known type, or not signed
     * @throws RpcException if the pool cannot tell the head, as many transactions are pending as may be, or this is closed; nothing was sent
     * @throws InterruptedException if interrupted; the relay may have it
     */
    public BundleOutcome send(Bundle bundle) throws InterruptedException {
        requireOpen();
        List<Signed> signed =
                Wire.transactions(bundle).stream().map(PrivateRelay::parse).toList();
        long head = desk.chain().head();
        if (bundle.block() <= head || bundle.maxBlock() > head + MOST_BLOCKS) {
            return new BundleOutcome.Rejected(ErrorClass.CLIENT_ERROR, window(bundle.maxBlock(), head));
        }
        int bytes = signed.stream().mapToInt(one -> one.hex().length() / 2 - 1).sum();
        if (bytes > LARGEST_BUNDLE_BYTES) {
            return new BundleOutcome.Rejected(
                    ErrorClass.REQUEST_TOO_LARGE,
                    "a bundle must have at most " + LARGEST_BUNDLE_BYTES + " bytes, has " + bytes);
        }
        desk.ledger().expire(head);
        List<String> entered = enter(signed, bundle.maxBlock());
        Reply reply = ask(Wire.sendMethod(bundle), Wire.toSend(bundle), entered);
        return switch (reply) {
            case Reply.Answered answered ->
                new BundleOutcome.Accepted(answered.result().path("bundleHash").asString(""));
            case Reply.Open open -> new BundleOutcome.Unknown(open.cause());
            case Reply.Rejected rejected -> {
                entered.forEach(desk.ledger()::end);
                yield new BundleOutcome.Rejected(rejected.errorClass(), rejected.message());
            }
        };
    }

    /**
     * Lets the relay simulate a bundle on the latest block. Nothing is sent to builders.
     *
     * @param bundle as for {@link #send(Bundle)}
     * @return what it would do
     * @throws RpcException if the relay gave no answer, or one that cannot be read, or this is closed
     * @throws InterruptedException if interrupted
     * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint#eth_callbundle">eth_callBundle, mev_simBundle</a>
     */
    public Simulation simulate(Bundle bundle) throws InterruptedException {
        requireOpen();
        String method = Wire.simulateMethod(bundle);
        return switch (desk.client().call(method, Wire.toSimulate(bundle))) {
            case Reply.Answered answered -> Wire.simulation(bundle, answered.result(), desk.client());
            case Reply.Rejected rejected -> new Simulation.Rejected(rejected.errorClass(), rejected.message());
            case Reply.Open open -> throw new RpcException(desk.client() + " on " + method + ": " + open.cause(), null);
        };
    }

    /**
     * The nonce for an account's next transaction: the first one that neither a block, nor a transaction that waits in public, nor one that this relay was
     * given has taken. No reservation: two callers may be told the same one. Knows nothing of other relays, nor of what another process
     * has sent.
     *
     * <p>One call of the pool, three if the account has something pending here.
     *
     * @param address 0x and 40 hexadecimal digits
     * @return the nonce
     * @throws IllegalArgumentException if that is no address
     * @throws RpcException if the pool cannot tell
     * @throws InterruptedException if interrupted
     */
    public BigInteger nextNonce(String address) throws InterruptedException {
        Hex.requireAddress(address, "address");
        BigInteger next = desk.chain().pending(address);
        if (desk.ledger().claimed(address).isEmpty()) {
            return next;
        }
        next = next.max(settle(address));
        Set<BigInteger> claimed = desk.ledger().claimed(address);
        while (claimed.contains(next)) {
            next = next.add(BigInteger.ONE);
        }
        return next;
    }

    /**
     * The nonces of an account's transactions that this relay was given, of bundles as well, and that may still be included. Knows nothing of what another
     * process has sent.
     *
     * <p>Two calls of the pool if the account has something pending here, else none.
     *
     * @param address 0x and 40 hexadecimal digits
     * @return a copy
     * @throws IllegalArgumentException if that is no address
     * @throws RpcException if the pool cannot tell
     * @throws InterruptedException if interrupted
     */
    public Set<BigInteger> claimedNonces(String address) throws InterruptedException {
        Hex.requireAddress(address, "address");
        if (!desk.ledger().claimed(address).isEmpty()) {
            settle(address);
        }
        return desk.ledger().claimed(address);
    }

    /** Ends the claims of which that can be seen; the account's confirmed count. */
    private BigInteger settle(String address) throws InterruptedException {
        long head = desk.chain().head();
        BigInteger confirmed = desk.chain().confirmed(address);
        desk.ledger().expire(head);
        desk.ledger().settle(address, confirmed);
        return confirmed;
    }

    /**
     * Its name in messages and outcomes.
     *
     * @return host and port, without keys
     */
    public String name() {
        return desk.client().toString();
    }

    /** Frees the connections; calls under way end as if the answer was lost. Does nothing the second time. */
    @Override
    public void close() {
        closed = true;
        desk.client().close();
    }

    @Override
    public String toString() {
        return "PrivateRelay[" + desk.client() + ", " + desk.fallback() + "]";
    }

    /** What no node would take, and no policy publishes. */
    private boolean isInvalid(PrivateTransaction transaction, Signed signed, long head) throws InterruptedException {
        BigInteger chain = BigInteger.valueOf(desk.pool().chainId());
        if (signed.chain().isPresent() && !signed.chain().get().equals(chain)) {
            transaction.invalid(
                    ErrorClass.CHAIN_MISMATCH,
                    "the transaction is of chain " + signed.chain().get() + ", the pool of chain " + chain);
            return true;
        }
        if (transaction.maxBlock() <= head || transaction.maxBlock() > head + MOST_BLOCKS) {
            transaction.invalid(ErrorClass.CLIENT_ERROR, window(transaction.maxBlock(), head));
            return true;
        }
        BigInteger confirmed = desk.chain().confirmed(signed.sender());
        desk.ledger().expire(head);
        desk.ledger().settle(signed.sender(), confirmed);
        if (signed.nonce().compareTo(confirmed) < 0) {
            transaction.invalid(ErrorClass.NONCE_TOO_LOW, "the nonce is used; the next one is " + confirmed);
            return true;
        }
        return false;
    }

    /** What this relay would refuse. */
    private boolean isAgainstTheRules(PrivateTransaction transaction, Signed signed) throws InterruptedException {
        if (signed.tip().signum() == 0) {
            transaction.rejected(ErrorClass.UNDERPRICED, "the tip is 0, and a relay wants more");
            return true;
        }
        if (signed.isTooLarge()) {
            transaction.rejected(ErrorClass.TX_POLICY_REJECTED, "the transaction is larger than 131072 bytes");
            return true;
        }
        BigInteger most = desk.chain().pending(signed.sender());
        for (BigInteger claimed : desk.ledger().claimed(signed.sender())) {
            most = most.max(claimed);
        }
        most = most.add(BigInteger.ONE);
        if (signed.nonce().compareTo(most) > 0) {
            transaction.rejected(ErrorClass.NONCE_TOO_HIGH, "the nonce must be at most " + most + " now");
            return true;
        }
        return false;
    }

    /** Asks the relay; if not even that can be done, since the signer failed, the claims end. */
    private Reply ask(String method, Map<String, Object> param, List<String> claimed) throws InterruptedException {
        try {
            return desk.client().call(method, param);
        } catch (RuntimeException e) {
            claimed.forEach(desk.ledger()::end);
            throw e;
        }
    }

    /** Those that were not claimed before. */
    private List<String> enter(List<Signed> signed, long lastBlock) {
        List<String> entered = new ArrayList<>();
        for (Signed one : signed) {
            switch (desk.ledger()
                    .enter(new NonceLedger.Claim(one.hash(), one.sender(), one.nonce(), lastBlock, null))) {
                case NOW -> entered.add(one.hash());
                case BEFORE -> {}
                case FULL -> {
                    entered.forEach(desk.ledger()::end);
                    throw full();
                }
            }
        }
        return entered;
    }

    private static Signed parse(String hex) {
        return Signed.of(hex)
                .orElseThrow(() -> new IllegalArgumentException(
                        "signedTransactionHex must be a signed transaction of type 0 to 4"));
    }

    private static String window(long maxBlock, long head) {
        return "the last block must be one of the next " + MOST_BLOCKS + " after " + head + ", was " + maxBlock;
    }

    private RpcException full() {
        return new RpcException(
                desk.ledger().size() + " private transactions are pending, as many as may be; nothing was sent", null);
    }

    private void requireOpen() {
        if (closed) {
            throw new RpcException("the relay is closed", null);
        }
    }
}
