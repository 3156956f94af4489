package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionSenderListener.Purpose;
import dev.tocsin.rpcpool.sender.TransactionSenderListener.Sent;
import java.math.BigInteger;

/**
 * Signs and sends.
 *
 * @param signer of the account
 * @param from its address
 * @param chainId the chain
 * @param channel how bytes leave
 * @param listeners hear of each send
 */
record Transmission(Signer signer, String from, long chainId, SendChannel channel, SenderListeners listeners) {

    /** The first attempt. */
    Attempt first(TransactionRequest request, long nonce, long gas, GasPrice price) throws InterruptedException {
        return sign(request, nonce, gas, price, false);
    }

    /** Another one with the last one's nonce; one that cancels has the same gas limit, which is enough on every chain. */
    Attempt next(PendingTransaction transaction, GasPrice price, boolean isCancel) throws InterruptedException {
        Attempt last = transaction.last();
        return sign(transaction.request(), last.nonce(), last.gas(), price, isCancel);
    }

    private Attempt sign(TransactionRequest request, long nonce, long gas, GasPrice price, boolean isCancel)
            throws InterruptedException {
        UnsignedTransaction unsigned = isCancel
                ? new UnsignedTransaction(chainId, nonce, gas, price, from, BigInteger.ZERO, "0x")
                : new UnsignedTransaction(chainId, nonce, gas, price, request.to(), request.valueWei(), request.data());
        String hex = Hex.requireData(signer.sign(unsigned), "signed transaction");
        return new Attempt(nonce, gas, price, hex, Hex.keccak256(hex), isCancel);
    }

    boolean isPrivate() {
        return channel.isPrivate();
    }

    /** Sends the newest attempt. */
    SendOutcome send(PendingTransaction transaction, Purpose purpose) throws InterruptedException {
        Attempt attempt = transaction.last();
        long began = listeners.now();
        SendOutcome outcome = channel.send(attempt.signedHex());
        listeners.onSent(
                transaction.key(),
                new Sent(attempt.hash(), attempt.nonce(), attempt.price(), purpose, outcome, listeners.since(began)));
        return outcome;
    }
}
