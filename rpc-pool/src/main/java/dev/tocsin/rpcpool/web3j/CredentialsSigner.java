package dev.tocsin.rpcpool.web3j;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.sender.GasPrice;
import dev.tocsin.rpcpool.sender.Signer;
import dev.tocsin.rpcpool.sender.UnsignedTransaction;
import java.math.BigInteger;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** Signs with a key of web3j, which never leaves this object. Safe for use by many threads. */
public final class CredentialsSigner implements Signer {

    private final Credentials credentials;

    private CredentialsSigner(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * A signer for the account of a key.
     *
     * @param credentials the key
     * @return the signer
     */
    public static CredentialsSigner of(Credentials credentials) {
        return new CredentialsSigner(requireNonNull(credentials, "credentials"));
    }

    @Override
    public String address() {
        return credentials.getAddress();
    }

    @Override
    public String sign(UnsignedTransaction transaction) {
        BigInteger nonce = BigInteger.valueOf(transaction.nonce());
        BigInteger gas = BigInteger.valueOf(transaction.gas());
        String data = Numeric.cleanHexPrefix(transaction.data());
        byte[] signed = switch (transaction.price()) {
            case GasPrice.Legacy legacy ->
                TransactionEncoder.signMessage(
                        RawTransaction.createTransaction(
                                nonce, legacy.priceWei(), gas, transaction.to(), transaction.valueWei(), data),
                        transaction.chainId(),
                        credentials);
            case GasPrice.Dynamic price ->
                TransactionEncoder.signMessage(
                        RawTransaction.createTransaction(
                                transaction.chainId(),
                                nonce,
                                gas,
                                transaction.to(),
                                transaction.valueWei(),
                                data,
                                price.tipWei(),
                                price.maxFeeWei()),
                        credentials);
        };
        return Numeric.toHexString(signed);
    }

    @Override
    public String toString() {
        return "CredentialsSigner[" + address() + "]";
    }
}
