package dev.tocsin.rpcpool.internal.send;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.hex.Keccak256;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A signed transaction as it goes over the wire, and its hash: Keccak-256 of the bytes, for a typed one (EIP-2718) its type included. A blob
 * transaction (EIP-4844) travels with its blobs, which are no part of its hash.
 *
 * @param hex 0x and what was signed
 * @param hash 0x and 64 hexadecimal digits
 */
public record SignedTransaction(String hex, String hash) {

    private static final int BLOB = 3;
    private static final int LAST_TYPE = 4; // EIP-7702; all up to it end with the signature

    /** Whose it is, and its place among that account's transactions. */
    public record Origin(String sender, BigInteger nonce) {}

    /** The message never repeats the text. */
    public static SignedTransaction parse(String text) {
        String expected = "signedTransactionHex must be 0x and an even number of hexadecimal digits";
        int length = requireNonNull(text, "signedTransactionHex").length();
        if (!text.startsWith("0x")) {
            throw new IllegalArgumentException(expected + "; it does not begin with 0x");
        }
        if (length == 2) {
            throw new IllegalArgumentException(expected + "; there is none after 0x");
        }
        for (int i = 2; i < length; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                throw new IllegalArgumentException(expected + "; character " + (i + 1) + " of " + length + " is none");
            }
        }
        if (length % 2 != 0) {
            throw new IllegalArgumentException(expected + "; there are " + (length - 2));
        }
        return new SignedTransaction(text, Hex.of(Keccak256.hash(hashed(Hex.bytes(text)))));
    }

    /** The sender and the nonce; empty if this is no transaction of a known type, or wrongly signed. */
    public Optional<Origin> origin() {
        byte[] bytes = hashed(Hex.bytes(hex));
        boolean isTyped = bytes[0] >= 0;
        Optional<List<Rlp>> fields =
                Rlp.at(bytes, isTyped ? 1 : 0, bytes.length).map(Rlp::items);
        if (fields.isEmpty() || fields.get().size() < 9 || (isTyped && bytes[0] > LAST_TYPE)) {
            return Optional.empty();
        }
        List<Rlp> list = fields.get();
        int signed = list.size() - 3;
        BigInteger v = list.get(signed).number();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(
                bytes,
                list.getFirst().start(),
                list.get(signed).start() - list.getFirst().start());
        boolean isOdd = v.testBit(0);
        if (!isTyped) {
            isOdd = !isOdd; // 27, or 35 + 2 * chain (EIP-155), is even
            if (v.bitLength() > 5) {
                byte[] chain = v.subtract(BigInteger.valueOf(35)).shiftRight(1).toByteArray();
                content.writeBytes(item(chain));
                content.writeBytes(new byte[] {(byte) 0x80, (byte) 0x80});
            }
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        if (isTyped) {
            message.write(bytes[0]);
        }
        message.writeBytes(Rlp.listHeader(content.size()));
        message.writeBytes(content.toByteArray());
        BigInteger nonce = list.get(isTyped ? 1 : 0).number();
        return Secp256k1.signer(
                        Keccak256.hash(message.toByteArray()),
                        list.get(signed + 1).number(),
                        list.get(signed + 2).number(),
                        isOdd)
                .map(key -> {
                    byte[] digest = Keccak256.hash(key);
                    return new Origin(Hex.of(Arrays.copyOfRange(digest, 12, 32)), nonce);
                });
    }

    /** For messages: never the whole. */
    @Override
    public String toString() {
        return hash;
    }

    /** Without the blobs of a blob transaction: then the first of its fields is itself the list of fields. */
    private static byte[] hashed(byte[] bytes) {
        Optional<Rlp> body = bytes[0] != BLOB
                ? Optional.empty()
                : Rlp.at(bytes, 1, bytes.length).flatMap(all -> Rlp.at(bytes, all.content(), all.end()));
        if (body.isEmpty() || !body.get().isList()) {
            return bytes;
        }
        byte[] without = new byte[1 + body.get().end() - body.get().start()];
        without[0] = BLOB;
        System.arraycopy(bytes, body.get().start(), without, 1, without.length - 1);
        return without;
    }

    /** A number, given with or without a leading zero, as an item. */
    private static byte[] item(byte[] number) {
        byte[] bare = number[0] == 0 ? Arrays.copyOfRange(number, 1, number.length) : number;
        if (bare.length == 1 && bare[0] > 0) {
            return bare;
        }
        byte[] item = new byte[bare.length + 1];
        item[0] = (byte) (0x80 + bare.length);
        System.arraycopy(bare, 0, item, 1, bare.length);
        return item;
    }
}
