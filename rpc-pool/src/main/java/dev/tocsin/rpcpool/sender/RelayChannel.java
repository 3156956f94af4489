package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.relay.PrivateOptions;
import dev.tocsin.rpcpool.relay.PrivateOutcome;
import dev.tocsin.rpcpool.relay.PrivateRelay;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A private relay as a channel. */
final class RelayChannel implements SendChannel {
    private static final long MOST_SECONDS = 30;

    private final PrivateRelay relay;
    private final PrivateOptions options;
    private final Semaphore turn = new Semaphore(1, true); // so that nonces come in the order in which they were sent

    RelayChannel(PrivateRelay relay, PrivateOptions options) {
        if (options.maxBlock().isPresent()) {
            throw new IllegalArgumentException("maxBlock must be empty, was "
                    + options.maxBlock().getAsLong() + ": a channel is for many transactions");
        }
        this.relay = relay;
        this.options = options;
    }

    @Override
    public boolean isPrivate() {
        return true;
    }

    @Override
    public Set<Long> taken(String address) throws InterruptedException {
        Set<Long> nonces = new HashSet<>();
        for (BigInteger nonce : relay.claimedNonces(address)) {
            nonces.add(nonce.longValue());
        }
        return nonces;
    }

    @Override
    public SendOutcome send(String signedHex) throws InterruptedException {
        String hash = Hex.keccak256(signedHex);
        if (!turn.tryAcquire(MOST_SECONDS, TimeUnit.SECONDS)) {
            return unknown(hash, "not sent: others have been before it for " + MOST_SECONDS + " s");
        }
        try {
            return outcome(relay.send(signedHex, options).outcome());
        } catch (RpcException e) {
            return unknown(hash, String.valueOf(e.getMessage()));
        } finally {
            turn.release();
        }
    }

    /** What a builder may still have a copy of is unknown, whatever the relay says: only the chain settles it. */
    private SendOutcome outcome(PrivateOutcome said) {
        String hash = said.hash();
        return switch (said) {
            case PrivateOutcome.Pending pending -> new SendOutcome.Accepted(hash, relay.name());
            case PrivateOutcome.Mined mined
            when mined.blockNumber().isPresent() ->
                new SendOutcome.Mined(hash, mined.blockNumber().getAsLong(), relay.name());
            case PrivateOutcome.Mined mined -> new SendOutcome.AlreadyKnown(hash, relay.name());
            case PrivateOutcome.Failed failed -> unknown(hash, failed.reason());
            case PrivateOutcome.Cancelled cancelled -> unknown(hash, "the relay has taken it back");
            case PrivateOutcome.Replaced replaced ->
                new SendOutcome.Replaced(hash, Optional.empty(), "another transaction has its nonce", relay.name());
            case PrivateOutcome.Rejected rejected
            when rejected.errorClass() == ErrorClass.NONCE_TOO_LOW ->
                unknown(hash, rejected.message()); // it may have been this one
            case PrivateOutcome.Rejected rejected ->
                new SendOutcome.Rejected(hash, rejected.errorClass(), rejected.message(), relay.name());
            case PrivateOutcome.Published published -> published.sent();
            case PrivateOutcome.Unknown unknown -> unknown(hash, unknown.cause());
        };
    }

    private SendOutcome unknown(String hash, String cause) {
        return new SendOutcome.Unknown(hash, Map.of(relay.name(), cause));
    }
}
