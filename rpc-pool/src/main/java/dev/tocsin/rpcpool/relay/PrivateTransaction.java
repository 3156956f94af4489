package dev.tocsin.rpcpool.relay;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/**
 * A transaction that was sent to a relay. Nothing happens to it in the background: the relay and the chain are asked, and a {@link Fallback} takes
 * effect, only in {@link #poll}, {@link #await} and {@link #cancel}. Safe for use by many threads.
 */
public final class PrivateTransaction {

    /** How long a nonce that was published is counted here as well. */
    private static final int PUBLIC_BLOCKS = 25;

    private final Desk desk;
    private final Signed signed;
    private final long sentAtHead;
    private final long maxBlock;
    private final OptionalLong earlierMaxBlock; // of the send before this one: the relay may still speak of that
    private final long sentNanos;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows; held over no call
    private PrivateOutcome outcome; // guarded by lock
    private boolean isAccepted; // guarded by lock
    private Optional<String> sendCause = Optional.empty(); // guarded by lock
    private boolean isUnheardOf; // guarded by lock: the relay's last word was UNKNOWN
    private boolean isTakenOnce; // guarded by lock: at the last look its nonce was another's
    private boolean isCancelAsked; // guarded by lock
    private boolean isCancelTaken; // guarded by lock
    private boolean isPublishing; // guarded by lock

    PrivateTransaction(Desk desk, Signed signed, long sentAtHead, long maxBlock, OptionalLong earlierMaxBlock) {
        this.desk = desk;
        this.signed = signed;
        this.sentAtHead = sentAtHead;
        this.maxBlock = maxBlock;
        this.earlierMaxBlock = earlierMaxBlock;
        sentNanos = desk.nanoTicker().getAsLong();
        outcome = new PrivateOutcome.Unknown(signed.hash(), "the relay has not been asked yet");
    }

    /**
     * The transaction's hash, computed before it was sent.
     *
     * @return 0x and 64 hexadecimal digits
     */
    public String hash() {
        return signed.hash();
    }

    /**
     * Who signed it.
     *
     * @return 0x and 40 hexadecimal digits
     */
    public String sender() {
        return signed.sender();
    }

    /**
     * Its place among the sender's transactions.
     *
     * @return from 0
     */
    public BigInteger nonce() {
        return signed.nonce();
    }

    /**
     * The last block the relay may include it in.
     *
     * @return its number
     */
    public long maxBlock() {
        return maxBlock;
    }

    /**
     * What was known at the last look. Asks nobody.
     *
     * @return the outcome
     */
    public PrivateOutcome outcome() {
        lock.lock();
        try {
            return outcome;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks the relay's status API and the chain once, and lets the {@link Fallback} take effect if it is time. One request to the relay and two
     * to the pool; some more when the nonce is used, to find the block. Asks nobody once the outcome is final.
     *
     * @return what is known now
     * @throws RpcException if the pool is closed when the transaction was to be published
     * @throws InterruptedException if interrupted; what was known stays
     */
    public PrivateOutcome poll() throws InterruptedException {
        PrivateOutcome before = outcome();
        if (before.isFinal()) {
            return before;
        }
        StatusWord word = desk.client().status(hash());
        Place place = desk.chain().find(signed, sentAtHead, maxBlock + Judgement.GRACE_BLOCKS);
        Judgement judgement = judgement();
        Optional<String> reason = judgement.reasonToPublish(word, place);
        return reason.isPresent() ? publish(reason.get()) : looked(judgement, word, place);
    }

    /**
     * Polls until the outcome is final, or the time is up. The first look is at once, then one every {@link PrivateRelayBuilder#pollEvery}.
     *
     * @param atMost how long; a relay tries for 25 blocks by default, 5 min on Ethereum
     * @return what is known then, not final if the time was up
     * @throws RpcException as for {@link #poll}
     * @throws InterruptedException if interrupted; the transaction goes its way
     */
    public PrivateOutcome await(Duration atMost) throws InterruptedException {
        requireNonNull(atMost, "atMost");
        long began = desk.nanoTicker().getAsLong();
        while (true) {
            PrivateOutcome now = poll();
            Duration left = atMost.minusNanos(desk.nanoTicker().getAsLong() - began);
            if (now.isFinal() || !left.isPositive()) {
                return now;
            }
            desk.pause().pause(left.compareTo(desk.pollEvery()) < 0 ? left : desk.pollEvery());
        }
    }

    /**
     * Asks the relay to take it back, then polls. From the call on the {@link Fallback} has no effect any more, whatever the relay answers. A block that is
     * being built may still include it: await the outcome. To be sure, use the nonce for another transaction.
     *
     * @return what is known after it: {@link PrivateOutcome.Cancelled} once the relay says so, until then mostly {@link PrivateOutcome.Pending}
     * @throws InterruptedException if interrupted; the relay may have taken it back
     * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint#eth_cancelprivatetransaction">eth_cancelPrivateTransaction</a>
     */
    public PrivateOutcome cancel() throws InterruptedException {
        lock.lock();
        try {
            if (outcome.isFinal() || isPublishing) {
                return outcome;
            }
            isCancelAsked = true;
        } finally {
            lock.unlock();
        }
        Reply reply = desk.client().call("eth_cancelPrivateTransaction", Map.of("txHash", hash()));
        if (reply instanceof Reply.Answered answered && answered.result().asBoolean(false)) {
            lock.lock();
            try {
                isCancelTaken = true;
            } finally {
                lock.unlock();
            }
        }
        return poll();
    }

    /** What the relay said to the send; the rest is asked. */
    PrivateOutcome submitted(Reply reply, Duration resolveWithin) throws InterruptedException {
        return switch (reply) {
            case Reply.Answered answered when isOurs(answered.result()) -> accepted();
            case Reply.Answered answered -> resolve("the relay answered with another hash", resolveWithin);
            case Reply.Rejected rejected -> rejected(rejected.errorClass(), rejected.message());
            case Reply.Open open -> resolve(open.cause(), resolveWithin);
        };
    }

    /** Rejected by the relay, or by a rule that is the relay's alone: others may take it, if the policy says so. */
    PrivateOutcome rejected(ErrorClass errorClass, String message) throws InterruptedException {
        if (desk.fallback() == Fallback.IMMEDIATE) {
            publish("the relay refused it: " + message);
        }
        return invalid(errorClass, message);
    }

    /** Nobody would take it. */
    PrivateOutcome invalid(ErrorClass errorClass, String message) {
        return conclude(new PrivateOutcome.Rejected(hash(), errorClass, message));
    }

    /** Whether the relay would take it once more: it gave it up, or has not heard of it for so long. */
    boolean mayBeSentAgain(Duration unheardOf) {
        lock.lock();
        try {
            return outcome instanceof PrivateOutcome.Failed
                    || (isUnheardOf && desk.nanoTicker().getAsLong() - sentNanos >= unheardOf.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /** What may be published needs its nonce for longer. */
    NonceLedger.Claim claim() {
        long more = desk.fallback() == Fallback.NEVER ? 0 : PUBLIC_BLOCKS;
        return new NonceLedger.Claim(hash(), sender(), nonce(), maxBlock + more, this);
    }

    @Override
    public String toString() {
        return "PrivateTransaction[" + outcome() + "]";
    }

    private boolean isOurs(JsonNode result) {
        return result.asString("").equalsIgnoreCase(hash());
    }

    private PrivateOutcome accepted() {
        lock.lock();
        try {
            isAccepted = true;
            outcome = new PrivateOutcome.Pending(hash(), maxBlock, Optional.empty());
            return outcome;
        } finally {
            lock.unlock();
        }
    }

    /** A bare "internal error", a lost answer: the relay's status and the chain tell what became of it. */
    private PrivateOutcome resolve(String cause, Duration within) throws InterruptedException {
        lock.lock();
        try {
            sendCause = Optional.of(cause);
            outcome = new PrivateOutcome.Unknown(hash(), cause);
        } finally {
            lock.unlock();
        }
        long began = desk.nanoTicker().getAsLong();
        while (true) {
            PrivateOutcome now = poll();
            Duration left = within.minusNanos(desk.nanoTicker().getAsLong() - began);
            if (!(now instanceof PrivateOutcome.Unknown unknown)) {
                return now;
            }
            if (!left.isPositive()) {
                return desk.fallback() == Fallback.IMMEDIATE ? publish("the relay may not have it: " + cause) : unknown;
            }
            desk.pause().pause(left.compareTo(desk.pollEvery()) < 0 ? left : desk.pollEvery());
        }
    }

    private PrivateOutcome looked(Judgement judgement, StatusWord word, Place place) {
        boolean isTakenTwice;
        lock.lock();
        try {
            if (isPublishing) {
                return outcome;
            }
            isUnheardOf = word.state() == StatusWord.State.UNKNOWN;
            isTakenTwice = isTakenOnce && place instanceof Place.Taken;
            isTakenOnce = place instanceof Place.Taken;
        } finally {
            lock.unlock();
        }
        return conclude(judgement.outcome(word, place, isTakenTwice));
    }

    private PrivateOutcome publish(String cause) throws InterruptedException {
        lock.lock();
        try {
            if (isCancelAsked || isPublishing || outcome.isFinal()) {
                return outcome;
            }
            isPublishing = true;
        } finally {
            lock.unlock();
        }
        try {
            return conclude(new PrivateOutcome.Published(hash(), desk.pool().send(signed.hex()), cause));
        } finally {
            lock.lock();
            try {
                isPublishing = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private Judgement judgement() {
        lock.lock();
        try {
            return new Judgement(
                    hash(),
                    maxBlock,
                    earlierMaxBlock,
                    desk.fallback(),
                    isAccepted,
                    isCancelAsked,
                    isCancelTaken,
                    sendCause);
        } finally {
            lock.unlock();
        }
    }

    /** Remembers it, unless something final is known, which only the fact of publishing changes; frees the nonce if that is over. */
    private PrivateOutcome conclude(PrivateOutcome now) {
        lock.lock();
        try {
            if (outcome.isFinal() && !(now instanceof PrivateOutcome.Published)) {
                return outcome;
            }
            outcome = now;
        } finally {
            lock.unlock();
        }
        if (isOnItsWay(now)) {
            desk.ledger().enter(claim()); // until the public nodes' own count has it
        } else if (now.isFinal()) {
            desk.ledger().end(hash());
        }
        return now;
    }

    private static boolean isOnItsWay(PrivateOutcome now) {
        return now instanceof PrivateOutcome.Published published
                && switch (published.sent()) {
                    case SendOutcome.Accepted accepted -> true;
                    case SendOutcome.AlreadyKnown known -> true;
                    case SendOutcome.Unknown unknown -> true;
                    case SendOutcome.Mined mined -> false;
                    case SendOutcome.Replaced replaced -> false;
                    case SendOutcome.Rejected rejected -> false;
                };
    }
}
