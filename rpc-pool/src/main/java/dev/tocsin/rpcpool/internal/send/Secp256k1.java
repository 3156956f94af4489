package dev.tocsin.rpcpool.internal.send;

import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds who signed (SEC 1, section 4.1.6). Of what is public only: not in constant time, and a millisecond or two slow.
 *
 * @see <a href="https://www.secg.org/sec1-v2.pdf">SEC 1</a>
 * @see <a href="https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-0.html">Sums of points in Jacobian coordinates</a>
 */
public final class Secp256k1 {

    private static final BigInteger P = hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static final BigInteger N = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    private static final Point G = new Point(
            hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
            hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
            BigInteger.ONE);
    private static final BigInteger SEVEN = BigInteger.valueOf(7);
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private Secp256k1() {}

    /** With x / z² and y / z³ as its coordinates: so a sum needs no inverse. */
    private record Point(BigInteger x, BigInteger y, BigInteger z) {

        /** The same with z = 1. */
        Point plain() {
            BigInteger inverse = z.modInverse(P);
            BigInteger square = times(inverse, inverse);
            return new Point(times(x, square), times(y, times(square, inverse)), BigInteger.ONE);
        }
    }

    private static BigInteger times(BigInteger a, BigInteger b) {
        return a.multiply(b).mod(P);
    }

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
        Point nonce = new Point(r, root.testBit(0) == isOdd ? root : P.subtract(root), BigInteger.ONE);
        BigInteger inverse = r.modInverse(N);
        BigInteger ofG = new BigInteger(1, digest).negate().multiply(inverse).mod(N);
        Point key = sum(ofG, nonce, s.multiply(inverse).mod(N));
        return key == null ? Optional.empty() : Optional.of(bytes(key.plain()));
    }

    /** So many times G, and so many times another point, in one go. */
    private static @Nullable Point sum(BigInteger ofG, Point other, BigInteger ofOther) {
        Point both = sum(G, other);
        Point bothPlain = both == null ? null : both.plain();
        Point sum = null;
        for (int i = N.bitLength() - 1; i >= 0; i--) {
            sum = sum == null ? null : twice(sum);
            if (ofG.testBit(i)) {
                sum = sum(sum, ofOther.testBit(i) ? bothPlain : G);
            } else if (ofOther.testBit(i)) {
                sum = sum(sum, other);
            }
        }
        return sum;
    }

    /** Null is the point at infinity; the second has z = 1. */
    private static @Nullable Point sum(@Nullable Point a, @Nullable Point b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        BigInteger square = times(a.z, a.z);
        BigInteger width = times(b.x, square).subtract(a.x).mod(P);
        BigInteger height = times(b.y, times(a.z, square)).subtract(a.y).mod(P);
        if (width.signum() == 0) {
            return height.signum() == 0 ? twice(a) : null;
        }
        BigInteger widthSquare = times(width, width);
        BigInteger widthCube = times(width, widthSquare);
        BigInteger middle = times(a.x, widthSquare);
        BigInteger x = height.multiply(height)
                .subtract(widthCube)
                .subtract(middle.shiftLeft(1))
                .mod(P);
        BigInteger y = height.multiply(middle.subtract(x))
                .subtract(a.y.multiply(widthCube))
                .mod(P);
        return new Point(x, y, times(a.z, width));
    }

    /** No point of this curve has y = 0, so twice a point is never infinity. */
    private static Point twice(Point a) {
        BigInteger square = times(a.y, a.y);
        BigInteger middle = times(a.x, square).shiftLeft(2);
        BigInteger slope = times(a.x, a.x).multiply(THREE);
        BigInteger x = slope.multiply(slope).subtract(middle.shiftLeft(1)).mod(P);
        BigInteger y = slope.multiply(middle.subtract(x))
                .subtract(square.multiply(square).shiftLeft(3))
                .mod(P);
        return new Point(x, y, times(a.y, a.z).shiftLeft(1).mod(P));
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
