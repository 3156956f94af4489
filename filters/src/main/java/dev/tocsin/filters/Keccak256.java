package dev.tocsin.filters;

/**
 * Keccak-256 as Ethereum uses it, for topics and checksums: the original Keccak padding ({@code 0x01}), not the one of SHA-3 ({@code 0x06}).
 * Stateless.
 *
 * @see <a href="https://keccak.team/files/Keccak-reference-3.0.pdf">The Keccak reference, section 1.2</a>
 */
public final class Keccak256 {
    private static final int RATE = 136;
    private static final int ROUNDS = 24;

    private static final long[] ROUND_CONSTANTS = {
        0x0000000000000001L, 0x0000000000008082L, 0x800000000000808AL, 0x8000000080008000L,
        0x000000000000808BL, 0x0000000080000001L, 0x8000000080008081L, 0x8000000000008009L,
        0x000000000000008AL, 0x0000000000000088L, 0x0000000080008009L, 0x000000008000000AL,
        0x000000008000808BL, 0x800000000000008BL, 0x8000000000008089L, 0x8000000000008003L,
        0x8000000000008002L, 0x8000000000000080L, 0x000000000000800AL, 0x800000008000000AL,
        0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
    };

    /** The lane each step of rho and pi moves to, and by how much it is rotated. */
    private static final int[] LANE = {
        10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1
    };

    private static final int[] ROTATION = {
        1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44
    };

    private Keccak256() {}

    /**
     * Hashes.
     *
     * @param message any number of bytes; not changed
     * @return 32 bytes
     */
    public static byte[] hash(byte[] message) {
        byte[] padded = new byte[(message.length / RATE + 1) * RATE];
        System.arraycopy(message, 0, padded, 0, message.length);
        padded[message.length] = 0x01;
        padded[padded.length - 1] |= (byte) 0x80;
        long[] state = new long[25];
        for (int offset = 0; offset < padded.length; offset += RATE) {
            for (int i = 0; i < RATE; i++) {
                state[i >> 3] ^= (padded[offset + i] & 0xFFL) << ((i & 7) << 3);
            }
            permute(state);
        }
        byte[] digest = new byte[32];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = (byte) (state[i >> 3] >>> ((i & 7) << 3));
        }
        return digest;
    }

    private static void permute(long[] a) {
        long[] column = new long[5];
        for (int round = 0; round < ROUNDS; round++) {
            theta(a, column);
            rhoAndPi(a);
            chi(a, column);
            a[0] ^= ROUND_CONSTANTS[round];
        }
    }

    private static void theta(long[] a, long[] column) {
        for (int x = 0; x < 5; x++) {
            column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        for (int x = 0; x < 5; x++) {
            long mix = column[(x + 4) % 5] ^ Long.rotateLeft(column[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) {
                a[x + y] ^= mix;
            }
        }
    }

    private static void rhoAndPi(long[] a) {
        long carried = a[1];
        for (int i = 0; i < LANE.length; i++) {
            long replaced = a[LANE[i]];
            a[LANE[i]] = Long.rotateLeft(carried, ROTATION[i]);
            carried = replaced;
        }
    }

    private static void chi(long[] a, long[] row) {
        for (int y = 0; y < 25; y += 5) {
            System.arraycopy(a, y, row, 0, 5);
            for (int x = 0; x < 5; x++) {
                a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
            }
        }
    }
}
