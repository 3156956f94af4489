package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/** The version-1 text: {@code c1 start number hash count [parent hash seconds {hash +seconds}] .} */
final class CheckpointText {
    private static final String VERSION = "c1";
    private static final String END = ".";

    private final String[] words;
    private int next;

    private CheckpointText(String[] words) {
        this.words = words;
    }

    static String encode(Checkpoint checkpoint) {
        StringBuilder text = new StringBuilder(VERSION);
        text.append(' ').append(checkpoint.start()).append(' ').append(checkpoint.number());
        text.append(' ')
                .append(digits(checkpoint.hash()))
                .append(' ')
                .append(checkpoint.recent().size());
        if (!checkpoint.recent().isEmpty()) {
            text.append(' ').append(digits(checkpoint.recent().getFirst().parentHash()));
        }
        long before = 0;
        for (Header header : checkpoint.recent()) {
            long seconds = header.timestamp().getEpochSecond();
            text.append(' ').append(digits(header.hash())).append(' ').append(seconds - before);
            before = seconds;
        }
        return text.append(' ').append(END).toString();
    }

    static Checkpoint parse(String text) {
        CheckpointText reader = new CheckpointText(text.split(" ", -1));
        reader.expect(VERSION);
        Checkpoint checkpoint;
        try {
            checkpoint = reader.checkpoint();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("checkpoint has a time that is none", e);
        }
        reader.expect(END);
        if (reader.next != reader.words.length) {
            throw reader.wrong("nothing");
        }
        return checkpoint;
    }

    private Checkpoint checkpoint() {
        long start = number("the first block of the stream");
        long number = number("a block number");
        String hash = hash("the hash of the block");
        long count = number("the number of headers");
        if (count < 0 || count > words.length) {
            throw new IllegalArgumentException("checkpoint is cut off: " + count + " headers announced");
        }
        Header[] recent = new Header[(int) count];
        String parent = count == 0 ? "" : hash("the parent of the first header");
        long seconds = 0;
        for (int i = 0; i < recent.length; i++) {
            String own = hash("the hash of a header");
            seconds += number("seconds");
            recent[i] = new Header(number - count + 1 + i, own, parent, Instant.ofEpochSecond(seconds));
            parent = own;
        }
        return new Checkpoint(number, hash, List.of(recent), start);
    }

    private void expect(String word) {
        if (next >= words.length || !words[next].equals(word)) {
            throw wrong("'" + word + "'");
        }
        next++;
    }

    private long number(String what) {
        try {
            return next < words.length ? Long.parseLong(words[next++]) : fail(what);
        } catch (NumberFormatException e) {
            next--;
            throw wrong(what);
        }
    }

    private String hash(String what) {
        if (next >= words.length) {
            throw wrong(what);
        }
        String hash = "0x" + words[next];
        if (hash.length() < 3 || hash.length() > 66 || !Hex.isHex(hash)) {
            throw wrong(what);
        }
        next++;
        return hash;
    }

    private long fail(String what) {
        throw wrong(what);
    }

    private IllegalArgumentException wrong(String expected) {
        String found = next < words.length ? "'" + shortened(words[next]) + "'" : "the end";
        return new IllegalArgumentException(
                "checkpoint, word " + (next + 1) + ": expected " + expected + ", found " + found);
    }

    private static String shortened(String word) {
        return word.length() <= 70 ? word : word.substring(0, 70) + "…";
    }

    private static String digits(String hash) {
        return hash.substring(2);
    }
}
