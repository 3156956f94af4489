package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.time.Pause;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Reverted;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import dev.tocsin.rpcpool.sender.TransactionSenderListener.Purpose;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Follows a signed transaction until it is settled, and replaces or cancels it with the same nonce. It never releases a limit unless another
 * attempt with the nonce, or its own failure, is in a block that is deep enough: whatever else is said, bytes that have left may be mined.
 */
final class Follower {
    private static final int SURE =
            3; // looks in a row, since a node asked for receipts may be behind the one asked for nonces

    private final Chain chain;
    private final Sight sight;
    private final Transmission transmission;
    private final Pricing pricing;
    private final Books books;
    private final Timing timing;

    /** Closes a gap of nonces. */
    @FunctionalInterface
    interface Gaps {
        /** Sees to it that something has this nonce, the account's next one. */
        void close(long nonce) throws InterruptedException;
    }

    /** What is to be done about a transaction that waits, without waiting for longer. */
    enum Due {
        NOTHING,
        /** The same bytes, and what must come before them. */
        RESEND,
        /** The same bytes: they were turned away, and nobody is known to have taken them. */
        RETRY,
        REPLACE;

        /** What a send's answer asks for. */
        static Due after(SendOutcome sent) {
            return switch (sent) {
                case SendOutcome.Rejected rejected -> after(rejected.errorClass());
                case SendOutcome.Replaced replaced -> RETRY;
                default -> NOTHING;
            };
        }

        /** A fee can be raised; others send what comes before; who was too busy to read it may do so later. */
        private static Due after(ErrorClass rejection) {
            return switch (rejection.action()) {
                case RAISE_FEE -> REPLACE;
                case COOL_DOWN, BACK_OFF -> RETRY;
                default -> rejection == ErrorClass.NONCE_TOO_HIGH ? RETRY : NOTHING;
            };
        }
    }

    /** How long to wait for what. */
    record Timing(
            Duration pollEvery, Duration replaceAfter, Duration giveUpAfter, Pause pause, LongSupplier nanoTicker) {}

    Follower(Chain chain, Sight sight, Transmission transmission, Pricing pricing, Books books, Timing timing) {
        this.chain = chain;
        this.sight = sight;
        this.transmission = transmission;
        this.pricing = pricing;
        this.books = books;
        this.timing = timing;
    }

    /** Only looks, if at all: for what is finished. */
    TransactionOutcome look(PendingTransaction transaction) throws InterruptedException {
        if (transaction.dropped().isPresent()) {
            return transaction.dropped().get();
        }
        return sight.look(transaction) instanceof Sight.Seen.Settled settled
                ? outcome(transaction, settled)
                : new Unknown(transaction.last().hash(), "it was settled; its block is not seen now");
    }

    /**
     * Follows it for at most {@code giveUpAfter}. An interrupt ends that: the outcome is unknown, and the thread's interrupt status is set.
     *
     * @param due what to do at once if it is seen to wait
     * @param named the transaction that has its nonce, if a node says so
     * @param isToBeCancelled asked before each step
     * @param gaps asked for what must come before it, and is not there
     */
    TransactionOutcome follow(
            PendingTransaction transaction,
            Due due,
            Optional<String> named,
            BooleanSupplier isToBeCancelled,
            Gaps gaps) {
        Pursuit pursuit = new Pursuit(transaction, due, named);
        try {
            return pursuit.run(isToBeCancelled, gaps);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unknown(pursuit.transaction.last().hash(), "interrupted");
        }
    }

    private TransactionOutcome settled(PendingTransaction transaction, Sight.Seen.Settled settled)
            throws InterruptedException {
        TransactionOutcome outcome = outcome(transaction, settled);
        switch (outcome) {
            case Confirmed confirmed -> books.spent(transaction, settled.attempt());
            case Reverted reverted -> books.failed(transaction, settled.attempt());
            case Dropped dropped -> books.cancelled(transaction, dropped);
            default -> throw new IllegalStateException("it is settled: " + outcome);
        }
        return outcome;
    }

    private TransactionOutcome outcome(PendingTransaction transaction, Sight.Seen.Settled settled)
            throws InterruptedException {
        TransactionReceipt receipt = settled.receipt();
        if (settled.attempt().isCancel()) {
            String hash = transaction.lastOfTheRequest().hash();
            return new Dropped(hash, Optional.of(receipt.hash()), "cancelled");
        }
        return receipt.isSuccess()
                ? new Confirmed(receipt)
                : new Reverted(reason(transaction, receipt), Optional.of(receipt));
    }

    /** By executing it once more on the block before, as near as one gets without a trace. */
    private String reason(PendingTransaction transaction, TransactionReceipt receipt) throws InterruptedException {
        String otherwise = "reverted in block " + receipt.blockNumber();
        try {
            Optional<Long> before = Optional.of(Math.max(0, receipt.blockNumber() - 1));
            return chain.simulate(transmission.from(), transaction.request(), before)
                            instanceof Chain.Trial.Reverts reverts
                    ? reverts.reason()
                    : otherwise;
        } catch (RpcException e) {
            return otherwise;
        }
    }

    /** The following of one transaction by one thread. */
    private final class Pursuit {
        private PendingTransaction transaction;
        private final Optional<String> named;
        private Due due;
        private long lastSent = timing.nanoTicker.getAsLong();
        private int gone;
        private String says = "";
        private String unseen = "not seen in a block";

        Pursuit(PendingTransaction transaction, Due due, Optional<String> named) {
            this.transaction = transaction;
            this.due = due;
            this.named = named;
        }

        TransactionOutcome run(BooleanSupplier isToBeCancelled, Gaps gaps) throws InterruptedException {
            long began = timing.nanoTicker.getAsLong();
            while (true) {
                try {
                    Sight.Seen seen = sight.look(transaction);
                    gone = seen instanceof Sight.Seen.Gone ? gone + 1 : 0;
                    if (seen instanceof Sight.Seen.Settled settled) {
                        return settled(transaction, settled);
                    }
                    Optional<String> other = gone > 0 ? namedInABlock() : Optional.empty();
                    if (gone == SURE || other.isPresent()) {
                        return displaced(other);
                    }
                    if (seen instanceof Sight.Seen.Waiting waiting) {
                        push(waiting.next(), isToBeCancelled.getAsBoolean(), gaps);
                    }
                    says = says(seen);
                } catch (RpcException e) {
                    says = String.valueOf(e.getMessage()); // no answer now: the next look may have one
                }
                if (hasPassed(began, timing.giveUpAfter)) {
                    return new Unknown(transaction.last().hash(), says);
                }
                timing.pause.pause(timing.pollEvery);
            }
        }

        private String says(Sight.Seen seen) {
            return switch (seen) {
                case Sight.Seen.Settled settled -> throw new IllegalArgumentException("it is settled: " + settled);
                case Sight.Seen.Mined mined -> mined.says();
                case Sight.Seen.Gone gone -> "another transaction may have its nonce: no node shows it in a block";
                case Sight.Seen.Waiting waiting -> unseen;
            };
        }

        private Optional<String> namedInABlock() throws InterruptedException {
            return named.isPresent() && chain.receipt(named.get()).isPresent() ? named : Optional.empty();
        }

        private Dropped displaced(Optional<String> by) {
            String hash = transaction.lastOfTheRequest().hash();
            Dropped outcome = new Dropped(hash, by, "another transaction has its nonce");
            books.displaced(transaction, outcome);
            return outcome;
        }

        private boolean hasPassed(long since, Duration duration) {
            return timing.nanoTicker.getAsLong() - since >= duration.toNanos();
        }

        private void push(long next, boolean isToBeCancelled, Gaps gaps) throws InterruptedException {
            boolean isCancelled = transaction.last().isCancel();
            boolean isToTurn = isToBeCancelled && !isCancelled;
            if (!isToTurn && (due == Due.NOTHING || due == Due.RETRY) && !hasPassed(lastSent, timing.replaceAfter)) {
                due = due == Due.RETRY ? Due.after(transmission.send(transaction, Purpose.AGAIN)) : due;
                return;
            }
            boolean isNext = next == transaction.last().nonce();
            if (!isNext) {
                gaps.close(next);
            }
            boolean isToPayMore = isToTurn || (isNext && due != Due.RESEND);
            Optional<GasPrice> price =
                    isToPayMore ? pricing.raised(transaction.last().price(), chain.fees()) : Optional.empty();
            if (price.isPresent()) {
                Attempt attempt = transmission.next(transaction, price.get(), isToBeCancelled || isCancelled);
                transaction = transaction.with(attempt);
                books.signed(transaction);
            }
            lastSent = timing.nanoTicker.getAsLong();
            SendOutcome sent = transmission.send(transaction, price.isPresent() ? purpose() : Purpose.AGAIN);
            due = Due.after(sent);
            if (due == Due.REPLACE && price.isEmpty()) {
                due = Due.NOTHING; // there is no room for more
            }
            unseen = "sent with " + transaction.last().price() + ", and not seen in a block";
        }

        private Purpose purpose() {
            return transaction.last().isCancel() ? Purpose.CANCELLATION : Purpose.REPLACEMENT;
        }
    }
}
