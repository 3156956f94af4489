package dev.tocsin.rpcpool.sender;

/**
 * Port: signs for one account. Implementations must be safe for use by many threads and keep their key out of {@code toString} and every
 * exception. {@code dev.tocsin.rpcpool.web3j.CredentialsSigner} signs with a key of web3j.
 */
public interface Signer {
    /**
     * The account.
     *
     * @return its address
     */
    String address();

    /**
     * Signs exactly these fields.
     *
     * @param transaction the fields
     * @return 0x and the signed bytes, as {@code eth_sendRawTransaction} takes them
     * @throws InterruptedException if interrupted while waiting for the one who has the key
     */
    String sign(UnsignedTransaction transaction) throws InterruptedException;
}
