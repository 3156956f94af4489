package dev.tocsin.runner.demo;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.List;

/** Recursive length prefix encoding (Ethereum yellow paper, appendix B); only what a header needs. */
final class Rlp {

    private Rlp() {}

    static byte[] string(byte[] value) {
        if (value.length == 1 && value[0] >= 0) {
            return value;
        }
        return prefixed(0x80, value);
    }

    static byte[] number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        int from = 0;
        while (from < bytes.length && bytes[from] == 0) {
            from++;
        }
        byte[] trimmed = new byte[bytes.length - from];
        System.arraycopy(bytes, from, trimmed, 0, trimmed.length);
        return string(trimmed);
    }

    static byte[] list(List<byte[]> encodedItems) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        encodedItems.forEach(payload::writeBytes);
        return prefixed(0xc0, payload.toByteArray());
    }

    private static byte[] prefixed(int offset, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 5);
        if (payload.length <= 55) {
            out.write(offset + payload.length);
        } else {
            byte[] length = BigInteger.valueOf(payload.length).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(offset + 55 + length.length - from);
            out.write(length, from, length.length - from);
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
