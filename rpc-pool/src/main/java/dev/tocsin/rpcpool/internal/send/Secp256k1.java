package dev.tocsin.rpcpool.internal.send;

import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds who signed (SEC 1, section 4.1.6). Of what is public only: not in constant time, and some milliseconds slow.
 *
 * @see <a href="https://www.secg.org/sec1-v2.pdf">SEC 1</a>
 */
public final class Secp256k1 {

    private static final BigInteger P = hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static final BigInteger N = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    private static final Point G = new Point(
            hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
            hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
    private static final BigInteger SEVEN = BigInteger.valueOf(7);
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private Secp256k1() {}

    private record Point(BigInteger x, BigInteger y) {}

    /** The public key, 64 bytes; empty if the signature has none. */
    public static Optional<byte[]> signer(byte[] digest, BigInteger r, BigInteger s, boolean isOdd) {
        if (r.signum() == 0 || s.signum() == 0 || r.compareTo(N) >= 0 || s.compareTo(N) >= 0) {
            return Optional.empty();
        }
        BigInteger square = r.modPow(THREE, P).add(SEVEN).mod(P);
        BigInteger root = square.modPow(P.add(BigInteger.ONE).shiftRight(2), P);
        if (!root.multiply(root).mod(P).equals(square)) {
            return Optional.empty();
        }
        Point nonce = new Point(r, root.testBit(0) == isOdd ? root : P.subtract(root));
        BigInteger inverse = r.modInverse(N);
        BigInteger ofG = new BigInteger(1, digest).negate().multiply(inverse).mod(N);
        Point key = sum(ofG, nonce, s.multiply(inverse).mod(N));
        return key == null ? Optional.empty() : Optional.of(bytes(key));
    }

    /** So many times G, and so many times another point, in one go. */
    private static @Nullable Point sum(BigInteger ofG, Point other, BigInteger ofOther) {
        Point both = sum(G, other);
        Point sum = null;
        for (int i = N.bitLength() - 1; i >= 0; i--) {
            sum = sum(sum, sum);
            if (ofG.testBit(i)) {
                sum = sum(sum, ofOther.testBit(i) ? both : G);
            } else if (ofOther.testBit(i)) {
                sum = sum(sum, other);
            }
        }
        return sum;
    }

    /** Null is the point at infinity. */
    private static @Nullable Point sum(@Nullable Point a, @Nullable Point b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        BigInteger slope;
        if (!a.x.equals(b.x)) {
            slope = b.y.subtract(a.y).multiply(b.x.subtract(a.x).mod(P).modInverse(P));
        } else if (a.y.equals(b.y)) {
            slope = a.x.multiply(a.x).multiply(THREE).multiply(a.y.shiftLeft(1).modInverse(P));
        } else {
            return null;
        }
        BigInteger x = slope.multiply(slope).subtract(a.x).subtract(b.x).mod(P);
        return new Point(x, slope.multiply(a.x.subtract(x)).subtract(a.y).mod(P));
    }

    private static byte[] bytes(Point key) {
        byte[] bytes = new byte[64];
        put(key.x, bytes, 32);
        put(key.y, bytes, 64);
        return bytes;
    }

    private static void put(BigInteger number, byte[] into, int end) {
        byte[] digits = number.toByteArray();
        int length = Math.min(32, digits.length); // a leading zero is left out
        System.arraycopy(digits, digits.length - length, into, end - length, length);
    }

    private static BigInteger hex(String digits) {
        return new BigInteger(digits, 16);
    }
}
