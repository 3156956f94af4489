package dev.tocsin.rpcpool.relay;

import java.math.BigInteger;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** Transactions signed by web3j, with the keys that Anvil publishes. */
final class SignedBy {

    static final long CHAIN = 31_337;
    static final String TO = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    static final Credentials OTHER =
            Credentials.create("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
    static final Credentials RELAY_KEY =
            Credentials.create("0xfad9c8855b740a0b7ed4c221dbad0f33a83a49cad6b3fe8d5817ac83d38b6a19");

    private static final long GWEI = 1_000_000_000L;

    private SignedBy() {}

    static String owner(long nonce) {
        return transaction(OWNER, CHAIN, nonce, 1, 2 * GWEI, "");
    }

    static String owner(long nonce, long wei) {
        return transaction(OWNER, CHAIN, nonce, wei, 2 * GWEI, "");
    }

    static String transaction(Credentials key, long chain, long nonce, long wei, long tip, String data) {
        RawTransaction transaction = RawTransaction.createTransaction(
                chain,
                BigInteger.valueOf(nonce),
                BigInteger.valueOf(data.isEmpty() ? 21_000 : 10_000_000),
                TO,
                BigInteger.valueOf(wei),
                data,
                BigInteger.valueOf(tip),
                BigInteger.valueOf(20 * GWEI));
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, key));
    }

    static String legacy(long nonce, long gasPrice) {
        RawTransaction transaction = RawTransaction.createTransaction(
                BigInteger.valueOf(nonce),
                BigInteger.valueOf(gasPrice),
                BigInteger.valueOf(21_000),
                TO,
                BigInteger.ONE,
                "");
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, CHAIN, OWNER));
    }

    static String hash(String signed) {
        return Hash.sha3(signed);
    }
}
