package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.settings.Range;
import dev.tocsin.rpcpool.internal.time.Pause;
import dev.tocsin.rpcpool.sender.Follower.Timing;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link TransactionSender}. For one thread. All that must be given is {@link #maxFee}. */
public final class TransactionSenderBuilder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Chain chain;
    private final Signer signer;
    private final String from;
    private @Nullable NonceSource nonces;
    private SendChannel channel;
    private SpendingLimits limits = SpendingLimits.none();
    private PendingTransactions pending = PendingTransactions.inMemory();
    private @Nullable BigInteger maxFee;
    private @Nullable BigInteger maxValue;
    private boolean isLegacy;
    private boolean isSimulated;
    private int gasPercent = 120;
    private long maxGas = 10_000_000;
    private int maxPending = 16;
    private int confirmations = 3;
    private Set<String> allowedTargets = Set.of();
    private Set<String> deniedTargets = Set.of();
    private Set<String> allowedTokens = Set.of();
    private Set<String> deniedTokens = Set.of();
    private final Map<String, BigInteger> mostByToken = new HashMap<>();
    private Duration replaceAfter = Duration.ofMinutes(1);
    private Duration giveUpAfter = Duration.ofMinutes(10);
    private Duration pollEvery = Duration.ofSeconds(2);
    private final List<TransactionSenderListener> listeners = new ArrayList<>();
    private Pause pause = Thread::sleep;
    private LongSupplier nanoTicker = System::nanoTime;

    TransactionSenderBuilder(RpcPool pool, Signer signer) {
        this(new PoolChain(requireNonNull(pool, "pool")), requireNonNull(signer, "signer"), pool::send);
    }

    TransactionSenderBuilder(Chain chain, Signer signer, SendChannel channel) {
        this.chain = chain;
        this.signer = signer;
        this.from = Hex.requireAddress(signer.address(), "address of the signer");
        this.channel = channel;
    }

    /**
     * Who hands out nonces. Two senders of one account that do not share it take each other's nonces.
     *
     * @param source default: {@link NonceSource#counting(RpcPool, String, SendChannel)}
     * @return this
     */
    public TransactionSenderBuilder nonces(NonceSource source) {
        nonces = requireNonNull(source, "source");
        return this;
    }

    /**
     * How much may be spent in a day.
     *
     * @param spending default: {@link SpendingLimits#none}
     * @return this
     */
    public TransactionSenderBuilder limits(SpendingLimits spending) {
        limits = requireNonNull(spending, "spending");
        return this;
    }

    /**
     * What must not be forgotten.
     *
     * @param store default: {@link PendingTransactions#inMemory}, with which a crash forgets what is on its way
     * @return this
     */
    public TransactionSenderBuilder pending(PendingTransactions store) {
        pending = requireNonNull(store, "store");
        return this;
    }

    /**
     * How signed bytes leave.
     *
     * @param way default: {@link RpcPool#send}; {@link SendChannel#through} for a private relay
     * @return this
     */
    public TransactionSenderBuilder channel(SendChannel way) {
        channel = requireNonNull(way, "way");
        return this;
    }

    /**
     * Executes each request in an {@code eth_call} on the newest block before it is signed; what reverts there is not sent. Default: not, but
     * without a given gas limit the estimate finds most of the same.
     *
     * <p>With a {@linkplain SendChannel#isPrivate private channel} it is a permission: the nodes that execute a request, or estimate its gas, see whom it
     * calls with what. Without it, each request through such a channel must {@linkplain TransactionRequest#withGas give its gas}.
     *
     * @return this
     */
    public TransactionSenderBuilder simulateFirst() {
        isSimulated = true;
        return this;
    }

    /**
     * The most that a unit of gas may cost: {@code maxFeePerGas}, or the price of a legacy transaction, replacements included. While the chain
     * asks for more, requests are refused. No default: must be given.
     *
     * <p>It is in wei: 80 gwei are 80,000,000,000. Less than 1 gwei is taken as it is, since there are chains on which gas costs so little; on all
     * others, each request is then refused ({@link Limit#FEE}).
     *
     * @param wei for a unit of gas, above zero; too low, and nothing is mined when the chain is busy
     * @return this
     */
    public TransactionSenderBuilder maxFee(BigInteger wei) {
        maxFee = positive(wei, "maxFee");
        return this;
    }

    /**
     * Signs transactions of the old kind, with one price. Default: EIP-1559 where blocks have a base fee.
     *
     * @return this
     */
    public TransactionSenderBuilder legacy() {
        isLegacy = true;
        return this;
    }

    /**
     * How much of the estimated gas is given: too little makes a transaction fail that meets another state, too much costs nothing.
     *
     * @param factor default 1.2; 1 to 10
     * @return this
     */
    public TransactionSenderBuilder gasMultiplier(double factor) {
        if (!(factor >= 1 && factor <= 10)) {
            throw new IllegalArgumentException("gasMultiplier must be 1 to 10, was " + factor);
        }
        gasPercent = (int) Math.round(factor * 100);
        return this;
    }

    /**
     * The most gas of a transaction.
     *
     * @param units default 10,000,000; at least 21,000
     * @return this
     */
    public TransactionSenderBuilder maxGas(long units) {
        if (units < 21_000) {
            throw new IllegalArgumentException("maxGas must be at least 21000, was " + units);
        }
        maxGas = units;
        return this;
    }

    /**
     * The most that a transaction may carry.
     *
     * @param wei default: no cap; zero or more
     * @return this
     */
    public TransactionSenderBuilder maxValue(BigInteger wei) {
        if (wei.signum() < 0) {
            throw new IllegalArgumentException("maxValue must not be negative, was " + wei);
        }
        maxValue = wei;
        return this;
    }

    /**
     * Whom requests may call, and who may get tokens by {@code transfer}, {@code transferFrom} and {@code approve}. With such a list and without
     * one of tokens, the tokens must be on it as well.
     *
     * @param addresses default and if empty: all
     * @return this
     */
    public TransactionSenderBuilder allowTargets(Collection<String> addresses) {
        allowedTargets = addresses(addresses);
        return this;
    }

    /**
     * Whom no request may call, and who may get no tokens; also if allowed.
     *
     * @param addresses default: none
     * @return this
     */
    public TransactionSenderBuilder denyTargets(Collection<String> addresses) {
        deniedTargets = addresses(addresses);
        return this;
    }

    /**
     * Which tokens may be moved or approved. Other calls of them are refused, unless they are allowed as targets by name: what is not understood
     * could pass by the limits.
     *
     * @param addresses of ERC-20 contracts; default and if empty: all
     * @return this
     */
    public TransactionSenderBuilder allowTokens(Collection<String> addresses) {
        allowedTokens = addresses(addresses);
        return this;
    }

    /**
     * Which contracts may not be called, as tokens or otherwise; also if allowed.
     *
     * @param addresses default: none
     * @return this
     */
    public TransactionSenderBuilder denyTokens(Collection<String> addresses) {
        deniedTokens = addresses(addresses);
        return this;
    }

    /**
     * The most of a token that a transaction may move or approve. Other calls of it are refused, as in {@link #allowTokens}.
     *
     * @param token an ERC-20 contract
     * @param amount in its smallest unit, zero or more; default: no cap
     * @return this
     */
    public TransactionSenderBuilder maxTokenAmount(String token, BigInteger amount) {
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("amount must not be negative, was " + amount);
        }
        mostByToken.put(Hex.requireAddress(token, "token"), amount);
        return this;
    }

    /**
     * How many requests may be pending at once, those since an earlier run included; more are refused.
     *
     * @param requests default 16, which is what a node keeps for an account at least; 1 to 10,000
     * @return this
     */
    public TransactionSenderBuilder maxPending(int requests) {
        maxPending = Range.check("maxPending", requests, 1, 10_000);
        return this;
    }

    /**
     * How deep a transaction's block must be until it is confirmed. Too few, and a reorganisation may undo what was said.
     *
     * @param blocks from its own on; default 3; 1 to 100
     * @return this
     */
    public TransactionSenderBuilder confirmations(int blocks) {
        confirmations = Range.check("confirmations", blocks, 1, 100);
        return this;
    }

    /**
     * Waits until the transaction's block is final, instead of a number of blocks: about a quarter of an hour on Ethereum.
     *
     * @return this
     */
    public TransactionSenderBuilder untilFinal() {
        confirmations = 0;
        return this;
    }

    /**
     * How long a transaction waits for a block until it is replaced; counted from its last attempt.
     *
     * @param time default 1 min; 1 ms to 1 day
     * @return this
     */
    public TransactionSenderBuilder replaceAfter(Duration time) {
        replaceAfter = Range.check("replaceAfter", time, SHORTEST, LONGEST);
        return this;
    }

    /**
     * How long a transaction is followed by one call. If it waits behind a gap of nonces, what closes that is followed for as long besides.
     *
     * @param time default 10 min; 1 ms to 1 day
     * @return this
     */
    public TransactionSenderBuilder giveUpAfter(Duration time) {
        giveUpAfter = Range.check("giveUpAfter", time, SHORTEST, LONGEST);
        return this;
    }

    /**
     * How long to wait between two looks at a transaction.
     *
     * @param time default 2 s; 1 ms to 1 day
     * @return this
     */
    public TransactionSenderBuilder pollEvery(Duration time) {
        pollEvery = Range.check("pollEvery", time, SHORTEST, LONGEST);
        return this;
    }

    /**
     * Adds a listener, such as {@link TransactionSenderMeters}.
     *
     * @param listener hears what the sender does; several are told in the order in which they were added
     * @return this
     */
    public TransactionSenderBuilder listener(TransactionSenderListener listener) {
        listeners.add(requireNonNull(listener, "listener"));
        return this;
    }

    /** For tests. */
    TransactionSenderBuilder time(Pause waiting, LongSupplier ticker) {
        pause = waiting;
        nanoTicker = ticker;
        return this;
    }

    /**
     * Makes the sender. What the store has as not signed is given back; what it has as signed keeps its place and its nonce, and is followed
     * by {@link TransactionSender#recover}.
     *
     * @return the sender
     * @throws IllegalStateException if {@link #maxFee} was not given
     */
    public TransactionSender build() {
        if (maxFee == null) {
            throw new IllegalStateException("maxFee must be given");
        }
        Pricing pricing = new Pricing(maxFee, isLegacy);
        Policy policy = new Policy(maxValue, allowedTargets, deniedTargets, allowedTokens, deniedTokens, mostByToken);
        NonceSource source = nonces == null
                ? new CountedNonces(() -> chain.nonce(from, "pending"), () -> channel.taken(from))
                : nonces;
        Books books = new Books(pending, limits, source, new Slots(maxPending));
        boolean isPrivate = channel.isPrivate();
        SenderListeners told = new SenderListeners(listeners, nanoTicker);
        Transmission transmission = new Transmission(signer, from, chain.chainId(), channel, told);
        Timing timing = new Timing(pollEvery, replaceAfter, giveUpAfter, pause, nanoTicker);
        Sight sight = new Sight(chain, from, confirmations, isPrivate);
        return new TransactionSender(
                policy,
                new Preparation(chain, from, pricing, isSimulated, isPrivate, told, gasPercent, maxGas),
                transmission,
                new Follower(chain, sight, transmission, pricing, books, timing),
                books,
                told,
                UUID.randomUUID().toString());
    }

    private static Set<String> addresses(Collection<String> addresses) {
        return addresses.stream()
                .map(text -> Hex.requireAddress(text, "address"))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static BigInteger positive(BigInteger wei, String name) {
        if (requireNonNull(wei, name).signum() <= 0) {
            throw new IllegalArgumentException(name + " must be above zero, was " + wei);
        }
        return wei;
    }
}
