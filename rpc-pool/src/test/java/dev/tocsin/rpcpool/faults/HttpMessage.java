package dev.tocsin.rpcpool.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A message of HTTP/1.1.
 *
 * @param start its first line
 * @param headers by name in lower case; of several with one name the last
 * @param body without its chunks
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
record HttpMessage(String start, Map<String, String> headers, byte[] body) {

    private static final int MOST_HEAD_BYTES = 64 * 1024;
    private static final int MOST_BODY_BYTES = 256 * 1024 * 1024;
    private static final String NO_HTTP = "what came is no HTTP/1.1: ";

    /** The next message; empty if the other side has closed the connection. */
    static Optional<HttpMessage> read(InputStream in) throws IOException {
        String start = line(in);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() > 1000) {
                throw new IOException(NO_HTTP + "header " + line);
            }
            headers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return Optional.of(new HttpMessage(start, headers, body(in, start, headers)));
    }

    private static byte[] body(InputStream in, String start, Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked")) {
            return chunks(in);
        }
        String length = headers.get("content-length");
        if (length != null) {
            return exactly(in, size(length, 10));
        }
        return start.startsWith("HTTP/") ? in.readNBytes(MOST_BODY_BYTES) : new byte[0];
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            if (all.size() + size > MOST_BODY_BYTES) {
                throw new IOException("the body is larger than " + MOST_BODY_BYTES + " bytes");
            }
            all.writeBytes(exactly(in, size));
            line(in);
        }
        while (!line(in).isEmpty()) {
            continue; // trailers
        }
        return all.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return size(line(in).split(";", 2)[0].strip(), 16);
    }

    private static int size(String text, int radix) throws IOException {
        try {
            int size = Integer.parseInt(text, radix);
            if (size >= 0 && size <= MOST_BODY_BYTES) {
                return size;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IOException(NO_HTTP + "length " + text);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the body ended after " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    /** A line without its end; empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.length() == MOST_HEAD_BYTES) {
                throw new IOException(NO_HTTP + "a line of more than " + MOST_HEAD_BYTES + " bytes");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    /** Whether this side will close the connection after it. */
    boolean isLast() {
        return headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    /** The status of an answer. */
    int status() throws IOException {
        String[] parts = start.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/")) {
            throw new IOException(NO_HTTP + start);
        }
        return size(parts[1], 10);
    }

    /** Writes a message whose body is JSON or a short text, in one piece. */
    static void write(OutputStream out, String start, String moreHeaders, byte[] body) throws IOException {
        write(out, start, moreHeaders, body, body.length);
    }

    /** Writes a message of whose body the second half is missing. */
    static void writeHalf(OutputStream out, String start, byte[] body) throws IOException {
        write(out, start, "", body, body.length / 2);
    }

    private static void write(OutputStream out, String start, String moreHeaders, byte[] body, int most)
            throws IOException {
        String head = start + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n"
                + moreHeaders + "\r\n";
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[first.length + most];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(body, 0, all, first.length, most);
        out.write(all);
        out.flush();
    }
}
