package dev.tocsin.rpcpool.relay;

/**
 * The key by which a relay knows its client. It pays nothing and need not be the transactions' own: any key will do, as long as it stays
 * the same, since only the key that sent a transaction can cancel it. Called from many threads.
 *
 * <p>{@code dev.tocsin.rpcpool.web3j.Web3jRelaySigner} is one over web3j's credentials.
 */
public interface RelaySigner {

    /**
     * Whose signatures these are.
     *
     * @return 0x and 40 hexadecimal digits
     */
    String address();

    /**
     * Signs as {@code personal_sign} does: Keccak-256 of {@code "\x19Ethereum Signed Message:\n" + length + message}.
     *
     * @param message what to sign, without that prefix
     * @return 65 bytes: r, s, and v as 27 or 28 (or 0 or 1)
     * @see <a href="https://eips.ethereum.org/EIPS/eip-191">EIP-191, version 0x45</a>
     */
    byte[] sign(byte[] message);
}
