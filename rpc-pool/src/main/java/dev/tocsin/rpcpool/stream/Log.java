package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * One log of an EVM chain, in the words of JSON-RPC. What a {@link LogStream} delivers has been checked against its block;
 * this record itself checks no hexadecimal text. Immutable.
 *
 * @param chainId the chain, as of {@code eth_chainId}
 * @param blockNumber the height of its block
 * @param blockHash the hash of its block, {@code 0x} and 64 hexadecimal digits
 * @param blockTime the time stamp of its block
 * @param transactionHash the hash of its transaction, {@code 0x} and 64 hexadecimal digits
 * @param transactionIndex the index of its transaction in the block, from 0
 * @param logIndex its index in the block, from 0
 * @param address the contract that wrote it, {@code 0x} and 40 hexadecimal digits in lower case
 * @param topics none to four topics, each {@code 0x} and 64 hexadecimal digits
 * @param data the other bytes, {@code 0x} and an even number of hexadecimal digits
 */
public record Log(
        long chainId,
        long blockNumber,
        String blockHash,
        Instant blockTime,
        String transactionHash,
        int transactionIndex,
        int logIndex,
        String address,
        List<String> topics,
        String data) {
    /**
     * Copies the topics and puts the address into lower case.
     *
     * @throws NullPointerException if anything, a topic included, is null
     */
    public Log {
        requireNonNull(blockHash, "blockHash");
        requireNonNull(blockTime, "blockTime");
        requireNonNull(transactionHash, "transactionHash");
        address = requireNonNull(address, "address").toLowerCase(Locale.ROOT);
        topics = List.copyOf(topics);
        requireNonNull(data, "data");
    }

    /**
     * The name of this log for ever: {@code chainId:blockHash:transactionHash:logIndex}. The same transaction in another block
     * after a reorganisation is another log.
     *
     * @return the key
     */
    public String key() {
        return chainId + ":" + blockHash + ":" + transactionHash + ":" + logIndex;
    }
}
