package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.web3j.crypto.AccessListObject;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** Signed by web3j, so that two implementations agree. */
class SignedTransactionTest {

    private static final BigInteger ONE = BigInteger.ONE;
    private static final String TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    private static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private static String signed(RawTransaction transaction) {
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, OWNER));
    }

    private static RawTransaction legacy(long nonce) {
        return RawTransaction.createTransaction(BigInteger.valueOf(nonce), ONE, ONE, TO, ONE, "");
    }

    static Stream<String> everyType() {
        return Stream.of(
                signed(legacy(7)),
                Numeric.toHexString(TransactionEncoder.signMessage(legacy(7), 1, OWNER)),
                Numeric.toHexString(TransactionEncoder.signMessage(legacy(7), 31_337, OWNER)),
                Numeric.toHexString(TransactionEncoder.signMessage(legacy(7), 12_345_678_901L, OWNER)),
                signed(RawTransaction.createTransaction(
                        1,
                        BigInteger.valueOf(7),
                        ONE,
                        ONE,
                        TO,
                        ONE,
                        "0x" + "ab".repeat(70_000),
                        List.of(new AccessListObject(TO, List.of("0x" + "01".repeat(32)))))),
                signed(RawTransaction.createTransaction(1, BigInteger.valueOf(7), ONE, TO, ONE, "0xab", ONE, ONE)));
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void hashSenderAndNonceAreThoseOfItsSigner(String hex) {
        SignedTransaction transaction = SignedTransaction.parse(hex);

        assertThat(transaction.hash()).isEqualTo(Hash.sha3(hex));
        assertThat(transaction.origin())
                .contains(new SignedTransaction.Origin(OWNER.getAddress(), BigInteger.valueOf(7)));
        assertThat(transaction).hasToString(transaction.hash());
    }

    /** The example of EIP-155. */
    @Test
    void senderOfTheStandardsExampleIsFound() {
        assertThat(SignedTransaction.parse(SendingTest.SIGNED).origin())
                .contains(new SignedTransaction.Origin(
                        "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", BigInteger.valueOf(9)));
    }

    @Test
    void senderIsFoundForBothParitiesAndEveryLengthOfNumber() {
        for (int nonce = 0; nonce < 300; nonce += 17) {
            SignedTransaction transaction = SignedTransaction.parse(signed(legacy(nonce)));

            assertThat(transaction.origin())
                    .contains(new SignedTransaction.Origin(OWNER.getAddress(), BigInteger.valueOf(nonce)));
        }
    }

    @Test
    void blobsAreNoPartOfTheHash() {
        String body = "c20506";
        SignedTransaction bare = SignedTransaction.parse("0x03" + body);
        SignedTransaction withBlobs =
                SignedTransaction.parse("0x03f903ef" + body + "b903e8" + "00".repeat(1_000) + "c0");

        assertThat(bare.hash()).isEqualTo(Hash.sha3("0x03" + body));
        assertThat(withBlobs.hash()).isEqualTo(bare.hash());
    }

    @Test
    void whateverTheBytesAreTheyHaveAHashAndNoErrorOfOurs() {
        Random random = new Random(1);
        byte[] real = Numeric.hexStringToByteArray(signed(legacy(7)));
        for (int seed = 0; seed < 200; seed++) {
            byte[] bytes = seed % 2 == 0 ? new byte[1 + random.nextInt(200)] : Arrays.copyOf(real, real.length);
            if (seed % 2 == 0) {
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            SignedTransaction transaction = SignedTransaction.parse(Numeric.toHexString(bytes));

            assertThat(transaction.hash()).as("seed %d", seed).hasSize(66);
            assertThatCode(transaction::origin).as("seed %d", seed).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', it does not begin with 0x",
        "02f8, it does not begin with 0x",
        "0x, there is none after 0x",
        "0x123, there are 3",
        "0x12zz, character 5 of 6 is none",
        "'0x12 ', character 5 of 5 is none",
    })
    void whatIsNoHexIsRefusedInWords(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignedTransaction.parse(text))
                .withMessage("signedTransactionHex must be 0x and an even number of hexadecimal digits; " + why);
    }

    @Test
    void refusalNeverRepeatsTheTransaction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignedTransaction.parse(signed(legacy(7)) + "x"))
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain(signed(legacy(7)).substring(10, 30)));
    }
}
