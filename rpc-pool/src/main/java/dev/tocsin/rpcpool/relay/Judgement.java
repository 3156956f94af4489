package dev.tocsin.rpcpool.relay;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the relay's word and the chain's together mean for a transaction. The chain comes first: who is in a block is included, whatever the relay
 * says; who was not by the last block is not, if the nonce is unused in a block after it.
 *
 * @param earlierMaxBlock of a send of the same transaction before this one, of which the relay may still speak
 * @param isAccepted whether the relay answered the send with the hash
 * @param sendCause why else that is open
 */
record Judgement(
        String hash,
        long maxBlock,
        OptionalLong earlierMaxBlock,
        Fallback fallback,
        boolean isAccepted,
        boolean isCancelAsked,
        boolean isCancelTaken,
        Optional<String> sendCause) {

    /** How many blocks after its last one a relay may still say PENDING. */
    static final int GRACE_BLOCKS = 5;

    /** Whether the policy wants it published now, and why. */
    Optional<String> reasonToPublish(StatusWord word, Place place) {
        boolean isExpired = place instanceof Place.Free free && free.head() > maxBlock;
        boolean isUsed = place instanceof Place.Ours || place instanceof Place.Taken;
        boolean isGivenUp = word.state() == StatusWord.State.FAILED && isOfThisSend(word);
        boolean isWanted = switch (fallback) {
            case NEVER -> false;
            case AFTER_EXPIRY -> isExpired && (isGivenUp || word.state() == StatusWord.State.UNKNOWN);
            case IMMEDIATE -> !isUsed && (isGivenUp || (isExpired && !isEndedBy(word)));
        };
        String when = isExpired ? "not included by block " + maxBlock : "not included yet";
        return isWanted && !isCancelAsked ? Optional.of(when + "; " + word.cause()) : Optional.empty();
    }

    private static boolean isEndedBy(StatusWord word) {
        return word.state() == StatusWord.State.INCLUDED || word.state() == StatusWord.State.CANCELLED;
    }

    /** What is known; {@code isTakenTwice} if the look before found another's nonce as well: one look may mix two forks. */
    PrivateOutcome outcome(StatusWord word, Place place, boolean isTakenTwice) {
        return switch (place) {
            case Place.Ours ours -> new PrivateOutcome.Mined(hash, OptionalLong.of(ours.block()));
            case Place.Taken taken ->
                isTakenTwice
                        ? new PrivateOutcome.Replaced(hash)
                        : unknown("another transaction seems to have its nonce; " + word.cause());
            case Place.Free free -> unmined(word, free.head(), word.cause());
            case Place.Open open -> unmined(word, -1, word.cause() + "; " + open.cause());
        };
    }

    /** In no block that is known. */
    private PrivateOutcome unmined(StatusWord word, long head, String cause) {
        boolean isOver = head > maxBlock;
        boolean isLongOver = head > maxBlock + GRACE_BLOCKS;
        return switch (word.state()) {
            case INCLUDED -> new PrivateOutcome.Mined(hash, OptionalLong.empty());
            case CANCELLED -> new PrivateOutcome.Cancelled(hash);
            case FAILED -> isOfThisSend(word) ? givenUp(word, head) : unseen(word, head, cause);
            case PENDING -> isLongOver ? expired(word) : pending(word);
            case UNKNOWN, NONE -> isOver ? expired(word) : unseen(word, head, cause);
            case LOST -> (isWordAwaited() ? isLongOver : isOver) ? expired(word) : unseen(word, head, cause);
        };
    }

    /** Without the relay's word it must not be published. */
    private boolean isWordAwaited() {
        return fallback == Fallback.AFTER_EXPIRY && !isCancelAsked;
    }

    private PrivateOutcome givenUp(StatusWord word, long head) {
        return isWordAwaited() && head <= maxBlock // to be published then
                ? pending(word)
                : new PrivateOutcome.Failed(
                        hash,
                        word.simulationError().orElse("the relay has given it up and does not say why"),
                        word.revertReason());
    }

    private PrivateOutcome expired(StatusWord word) {
        return isCancelTaken
                ? new PrivateOutcome.Cancelled(hash)
                : new PrivateOutcome.Failed(
                        hash, "not included by block " + maxBlock + "; " + word.cause(), word.revertReason());
    }

    private PrivateOutcome unseen(StatusWord word, long head, String cause) {
        return isAccepted && head <= maxBlock ? pending(word) : unknown(cause);
    }

    private PrivateOutcome pending(StatusWord word) {
        return new PrivateOutcome.Pending(hash, maxBlock, word.simulationError());
    }

    private PrivateOutcome unknown(String cause) {
        return new PrivateOutcome.Unknown(
                hash, sendCause.map(sending -> sending + "; " + cause).orElse(cause));
    }

    private boolean isOfThisSend(StatusWord word) {
        return earlierMaxBlock.isEmpty()
                || word.maxBlock().isEmpty()
                || word.maxBlock().getAsLong() > earlierMaxBlock.getAsLong();
    }
}
