package dev.tocsin.rpcpool.sender;

/** Keccak-256 with Ethereum's padding (the original one, not that of SHA-3): a transaction's hash must be known before it is sent. */
final class Keccak {
    private static final int RATE = 136;
    private static final int ROUNDS = 24;

    private Keccak() {}

    /** The hash of a signed transaction: 0x and 64 digits. */
    static String hash(String signedHex) {
        byte[] message = Hex.bytes(signedHex);
        byte[] padded = new byte[(message.length / RATE + 1) * RATE];
        System.arraycopy(message, 0, padded, 0, message.length);
        padded[message.length] ^= 1;
        padded[padded.length - 1] ^= (byte) 0x80;
        long[] lanes = new long[25];
        for (int block = 0; block < padded.length; block += RATE) {
            for (int i = 0; i < RATE; i++) {
                lanes[i / 8] ^= (padded[block + i] & 0xFFL) << (8 * (i % 8));
            }
            permute(lanes);
        }
        byte[] digest = new byte[32];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = (byte) (lanes[i / 8] >>> (8 * (i % 8)));
        }
        return Hex.of(digest);
    }

    /** Keccak-f[1600], FIPS 202 section 3.3; round constants and offsets are computed as the standard defines them. */
    private static void permute(long[] a) {
        int register = 1;
        for (int round = 0; round < ROUNDS; round++) {
            theta(a);
            rhoAndPi(a);
            for (int y = 0; y < 25; y += 5) {
                long first = a[y];
                long second = a[y + 1];
                for (int x = 0; x < 5; x++) {
                    long next = x == 3 ? first : x == 4 ? second : a[y + x + 2];
                    long beside = x == 4 ? first : a[y + x + 1];
                    a[y + x] ^= ~beside & next;
                }
            }
            for (int j = 0; j < 7; j++) {
                if ((register & 1) != 0) {
                    a[0] ^= 1L << ((1 << j) - 1);
                }
                register = (register << 1) ^ ((register >> 7) * 0x171);
            }
        }
    }

    private static void theta(long[] a) {
        long[] column = new long[5];
        for (int i = 0; i < 25; i++) {
            column[i % 5] ^= a[i];
        }
        for (int i = 0; i < 25; i++) {
            a[i] ^= column[(i + 4) % 5] ^ Long.rotateLeft(column[(i + 1) % 5], 1);
        }
    }

    private static void rhoAndPi(long[] a) {
        int x = 1;
        int y = 0;
        long moved = a[1];
        for (int t = 0; t < 24; t++) {
            int next = (2 * x + 3 * y) % 5;
            x = y;
            y = next;
            long kept = a[x + 5 * y];
            a[x + 5 * y] = Long.rotateLeft(moved, (t + 1) * (t + 2) / 2);
            moved = kept;
        }
    }
}
