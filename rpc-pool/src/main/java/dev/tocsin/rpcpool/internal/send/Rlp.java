package dev.tocsin.rpcpool.internal.send;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An item of RLP, with as much of RLP as a signed transaction needs. Immutable as long as nobody changes the bytes.
 *
 * @see <a href="https://ethereum.org/en/developers/docs/data-structures-and-encoding/rlp/">RLP</a>
 */
public final class Rlp {

    private static final int SHORT = 55;

    private final byte[] bytes;
    private final int start;
    private final int content;
    private final int end;
    private final boolean isList;

    private Rlp(byte[] bytes, int start, int content, int end, boolean isList) {
        this.bytes = bytes;
        this.start = start;
        this.content = content;
        this.end = end;
        this.isList = isList;
    }

    /** The item that begins there; empty if there is none that ends before {@code end}. */
    public static Optional<Rlp> at(byte[] bytes, int start, int end) {
        if (start >= end) {
            return Optional.empty();
        }
        int first = bytes[start] & 0xff;
        if (first < 0x80) {
            return Optional.of(new Rlp(bytes, start, start, start + 1, false));
        }
        boolean isList = first >= 0xc0;
        int size = first - (isList ? 0xc0 : 0x80);
        int content = start + 1;
        long length = size;
        if (size > SHORT) {
            content += size - SHORT;
            length = 0;
            if (content > end || size - SHORT > 4) {
                return Optional.empty();
            }
            for (int i = start + 1; i < content; i++) {
                length = length << 8 | (bytes[i] & 0xff);
            }
        }
        return content + length > end
                ? Optional.empty()
                : Optional.of(new Rlp(bytes, start, content, (int) (content + length), isList));
    }

    /** Its first byte, the header included. */
    public int start() {
        return start;
    }

    /** The first byte after its header. */
    public int content() {
        return content;
    }

    /** The first byte after it. */
    public int end() {
        return end;
    }

    public boolean isList() {
        return isList;
    }

    public BigInteger number() {
        return new BigInteger(1, bytes, content, end - content);
    }

    /** What a list holds, as far as it can be read. */
    public List<Rlp> items() {
        List<Rlp> items = new ArrayList<>();
        for (Optional<Rlp> next = isList ? at(bytes, content, end) : Optional.empty(); next.isPresent(); ) {
            items.add(next.get());
            next = at(bytes, next.get().end, end);
        }
        return items;
    }

    /** The bytes before a list's content of that length. */
    public static byte[] listHeader(int length) {
        if (length <= SHORT) {
            return new byte[] {(byte) (0xc0 + length)};
        }
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        int digits = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        header.write(0xc0 + SHORT + digits);
        for (int i = digits - 1; i >= 0; i--) {
            header.write(length >>> (8 * i));
        }
        return header.toByteArray();
    }
}
