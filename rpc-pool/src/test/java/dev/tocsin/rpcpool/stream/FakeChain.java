package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.hex.Keccak256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Makes blocks with logs and true blooms, from a seed. */
final class FakeChain {
    static final long ID = 31_337;
    static final List<String> ADDRESSES =
            Stream.of("a", "b", "c", "d", "e").map(FakeChain::address).toList();
    static final List<String> TOPICS =
            Stream.of("t", "u", "v", "w").map(FakeChain::hash).toList();

    private static final Instant GENESIS = Instant.ofEpochSecond(1_700_000_000);

    private final RandomGenerator random;
    private final boolean withBlooms;
    private int mostLogs = 4;
    private long made;

    FakeChain(RandomGenerator random, boolean withBlooms) {
        this.random = random;
        this.withBlooms = withBlooms;
    }

    record FakeBlock(Block block, List<Log> logs) {
        long number() {
            return block.number();
        }

        String hash() {
            return block.hash();
        }
    }

    FakeChain mostLogs(int most) {
        mostLogs = most;
        return this;
    }

    /** A line of so many blocks from block 0. */
    List<FakeBlock> line(int blocks) {
        List<FakeBlock> line = new ArrayList<>();
        grow(line, blocks);
        return line;
    }

    void grow(List<FakeBlock> line, int blocks) {
        for (int i = 0; i < blocks; i++) {
            line.add(child(line));
        }
    }

    /** Replaces the last blocks by so many others. */
    void reorganise(List<FakeBlock> line, int depth, int blocks) {
        line.subList(Math.max(1, line.size() - depth), line.size()).clear();
        grow(line, blocks);
    }

    private FakeBlock child(List<FakeBlock> line) {
        long number = line.size();
        String parent = line.isEmpty() ? Hex.ZERO_HASH : line.getLast().hash();
        String hash = hash("block " + made++);
        Header header = new Header(number, hash, parent, GENESIS.plusSeconds(12 * number));
        List<Log> logs = new ArrayList<>();
        int count = random.nextInt(3) == 0 ? 0 : random.nextInt(mostLogs + 1);
        for (int i = 0; i < count; i++) {
            logs.add(log(header, i));
        }
        return new FakeBlock(new Block(header, withBlooms ? bloom(logs) : Bloom.ZERO), List.copyOf(logs));
    }

    private Log log(Header header, int index) {
        String unique = hash("log " + made++);
        return new Log(
                ID,
                header.number(),
                header.hash(),
                header.timestamp(),
                hash("transaction " + made++),
                index / 2,
                index,
                ADDRESSES.get(random.nextInt(ADDRESSES.size())),
                random.nextInt(10) == 0 ? List.of() : List.of(TOPICS.get(random.nextInt(TOPICS.size())), unique),
                "0x");
    }

    static Bloom bloom(List<Log> logs) {
        Set<Long> items = new TreeSet<>();
        for (Log log : logs) {
            items.add(Bloom.item(log.address()));
            log.topics().forEach(topic -> items.add(Bloom.item(topic)));
        }
        return Bloom.of(items);
    }

    static String hash(String text) {
        return "0x" + HexFormat.of().formatHex(Keccak256.hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    static String address(String text) {
        return hash(text).substring(0, 42);
    }
}
