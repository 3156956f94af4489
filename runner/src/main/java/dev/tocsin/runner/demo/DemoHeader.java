package dev.tocsin.runner.demo;

import dev.tocsin.filters.Keccak256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block header in its real form, of any fork up to Prague: the fields after the nonce are null for older forks, and once
 * one is null so are all after it. Hex strings as in JSON-RPC.
 */
record DemoHeader(
        String parentHash,
        String sha3Uncles,
        String miner,
        String stateRoot,
        String transactionsRoot,
        String receiptsRoot,
        String logsBloom,
        BigInteger difficulty,
        long number,
        long gasLimit,
        long gasUsed,
        long timestamp,
        String extraData,
        String mixHash,
        String nonce,
        @Nullable BigInteger baseFeePerGas,
        @Nullable String withdrawalsRoot,
        @Nullable BigInteger blobGasUsed,
        @Nullable BigInteger excessBlobGas,
        @Nullable String parentBeaconBlockRoot,
        @Nullable String requestsHash) {

    /** keccak256(rlp([])), the hash of no uncles. */
    static final String NO_UNCLES = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

    /** The root of an empty trie. */
    static final String EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

    /** The block hash: keccak256 of the encoded header. */
    String hash() {
        return Hex.data(Keccak256.hash(rlp()));
    }

    private byte[] rlp() {
        List<byte[]> items = new ArrayList<>(21);
        for (String data :
                List.of(parentHash, sha3Uncles, miner, stateRoot, transactionsRoot, receiptsRoot, logsBloom)) {
            items.add(data(data));
        }
        items.add(Rlp.number(difficulty));
        for (long quantity : new long[] {number, gasLimit, gasUsed, timestamp}) {
            items.add(Rlp.number(BigInteger.valueOf(quantity)));
        }
        for (String data : List.of(extraData, mixHash, nonce)) {
            items.add(data(data));
        }
        addQuantity(items, baseFeePerGas);
        addData(items, withdrawalsRoot);
        addQuantity(items, blobGasUsed);
        addQuantity(items, excessBlobGas);
        addData(items, parentBeaconBlockRoot);
        addData(items, requestsHash);
        return Rlp.list(items);
    }

    private static byte[] data(String hex) {
        return Rlp.string(Hex.bytes(hex));
    }

    private static void addQuantity(List<byte[]> items, @Nullable BigInteger quantity) {
        if (quantity != null) {
            items.add(Rlp.number(quantity));
        }
    }

    private static void addData(List<byte[]> items, @Nullable String hex) {
        if (hex != null) {
            items.add(data(hex));
        }
    }
}
