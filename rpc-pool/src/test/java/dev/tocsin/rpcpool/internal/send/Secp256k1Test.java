package dev.tocsin.rpcpool.internal.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.ECDSASignature;
import org.web3j.crypto.Hash;
import org.web3j.crypto.Sign;

/** Held against web3j, which has it from Bouncy Castle. */
class Secp256k1Test {

    private static final BigInteger N =
            new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    private static final BigInteger X_OF_G =
            new BigInteger("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 16);

    private static Optional<BigInteger> ours(byte[] digest, BigInteger r, BigInteger s, boolean isOdd) {
        return Secp256k1.signer(digest, r, s, isOdd).map(key -> new BigInteger(1, key));
    }

    private static BigInteger theirs(byte[] digest, BigInteger r, BigInteger s, boolean isOdd) {
        return Sign.recoverFromSignature(isOdd ? 1 : 0, new ECDSASignature(r, s), digest);
    }

    private static byte[] digest(int number) {
        return Hash.sha3(BigInteger.valueOf(number).toByteArray());
    }

    @Test
    void findsWhomTheOtherFinds() {
        Random random = new Random(20_261_121);
        int found = 0;
        for (int i = 0; i < 100; i++) {
            BigInteger r = new BigInteger(255, random); // every other one is on the curve
            BigInteger s = new BigInteger(255, random);
            boolean isOdd = random.nextBoolean();
            Optional<BigInteger> key = ours(digest(i), r, s, isOdd);
            if (key.isPresent()) {
                assertThat(key).contains(theirs(digest(i), r, s, isOdd));
                found++;
            }
        }
        assertThat(found).isBetween(30, 70);
    }

    @Test
    void findsTheSignerWhoseNonceIsOneOrMinusOne() {
        for (int i = 1; i < 10; i++) {
            BigInteger s = BigInteger.valueOf(i);
            assertThat(ours(digest(i), X_OF_G, s, false)).contains(theirs(digest(i), X_OF_G, s, false));
            assertThat(ours(digest(i), X_OF_G, s, true)).contains(theirs(digest(i), X_OF_G, s, true));
        }
    }

    @Test
    void findsNobodyWhereTheSumIsNoKey() {
        BigInteger s = new BigInteger(1, digest(1)).mod(N);

        assertThat(ours(digest(1), X_OF_G, s, false)).isEmpty();
        assertThat(ours(digest(1), X_OF_G, N.subtract(s), true)).isEmpty();
    }
}
