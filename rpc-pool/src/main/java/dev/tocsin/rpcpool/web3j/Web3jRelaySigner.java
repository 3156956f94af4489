package dev.tocsin.rpcpool.web3j;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.relay.RelaySigner;
import java.nio.ByteBuffer;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;

/** The relay's signer over web3j's credentials. Never prints the key. Safe for use by many threads. */
public final class Web3jRelaySigner implements RelaySigner {

    private static final int SIGNATURE_BYTES = 65;

    private final Credentials credentials;

    private Web3jRelaySigner(Credentials credentials) {
        this.credentials = requireNonNull(credentials, "credentials");
    }

    /**
     * Signs with a key.
     *
     * @param credentials the key; need not own anything
     * @return the signer
     */
    public static Web3jRelaySigner of(Credentials credentials) {
        return new Web3jRelaySigner(credentials);
    }

    @Override
    public String address() {
        return Keys.toChecksumAddress(credentials.getAddress());
    }

    @Override
    public byte[] sign(byte[] message) {
        Sign.SignatureData signature = Sign.signPrefixedMessage(message, credentials.getEcKeyPair());
        return ByteBuffer.allocate(SIGNATURE_BYTES)
                .put(signature.getR())
                .put(signature.getS())
                .put(signature.getV())
                .array();
    }

    @Override
    public String toString() {
        return "Web3jRelaySigner[" + address() + "]";
    }
}
