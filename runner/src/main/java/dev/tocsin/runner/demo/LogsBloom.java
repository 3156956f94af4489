package dev.tocsin.runner.demo;

import dev.tocsin.filters.Keccak256;

/** The 2048-bit bloom filter of a block's log addresses and topics (yellow paper, section 4.3.1). */
final class LogsBloom {

    private final byte[] bits = new byte[256];

    static LogsBloom of(Iterable<DemoLog> logs) {
        LogsBloom bloom = new LogsBloom();
        for (DemoLog log : logs) {
            bloom.add(log.address());
            log.topics().forEach(bloom::add);
        }
        return bloom;
    }

    void add(String item) {
        byte[] hash = Keccak256.hash(Hex.bytes(item));
        for (int i = 0; i < 6; i += 2) {
            int bit = ((hash[i] & 0x07) << 8) | (hash[i + 1] & 0xff);
            bits[255 - (bit >>> 3)] |= (byte) (1 << (bit & 7));
        }
    }

    String hex() {
        return Hex.data(bits);
    }
}
