package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.send.Rlp;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** What of a signed transaction the relay's rules are about. */
record Signed(
        String hex,
        String hash,
        String sender,
        BigInteger nonce,
        Optional<BigInteger> chain,
        BigInteger tip,
        int type) {

    private static final int LEGACY = 0;
    private static final int BLOB = 3;
    private static final int LARGEST_BYTES = 131_072; // go-ethereum's txMaxSize

    /**
     * Reads it; empty if it is no transaction of a known type, or wrongly signed.
     *
     * @throws IllegalArgumentException if that is no hexadecimal text
     */
    static Optional<Signed> of(String text) {
        SignedTransaction parsed = SignedTransaction.parse(text);
        return parsed.origin().map(origin -> of(parsed, origin));
    }

    private static Signed of(SignedTransaction parsed, SignedTransaction.Origin origin) {
        byte[] bytes = Hex.bytes(parsed.hex());
        int type = bytes[0] < 0 ? LEGACY : bytes[0];
        List<Rlp> fields = items(bytes, bytes[0] < 0 ? 0 : 1);
        if (type == BLOB && fields.getFirst().isList()) { // with its blobs: the first item is the transaction
            fields = items(bytes, fields.getFirst().start());
        }
        BigInteger tip = fields.get(type == LEGACY ? 1 : 2).number(); // for the first two types the gas price
        return new Signed(
                parsed.hex(),
                parsed.hash(),
                origin.sender(),
                origin.nonce(),
                type == LEGACY
                        ? legacyChain(fields.get(6).number())
                        : Optional.of(fields.getFirst().number()),
                tip,
                type);
    }

    private static List<Rlp> items(byte[] bytes, int start) {
        return Rlp.at(bytes, start, bytes.length).orElseThrow().items(); // it was read before
    }

    /** EIP-155: v is 35 or 36 and twice the chain; before it, 27 or 28. */
    private static Optional<BigInteger> legacyChain(BigInteger v) {
        return v.bitLength() <= 5
                ? Optional.empty()
                : Optional.of(v.subtract(BigInteger.valueOf(35)).shiftRight(1));
    }

    /** Whether nodes would not pass it on; blobs are counted elsewhere. */
    boolean isTooLarge() {
        return type != BLOB && hex.length() / 2 - 1 > LARGEST_BYTES;
    }

    /** For messages: never the whole. */
    @Override
    public String toString() {
        return hash;
    }
}
