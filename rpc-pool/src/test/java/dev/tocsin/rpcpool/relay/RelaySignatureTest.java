package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.web3j.Web3jRelaySigner;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Credentials;

/** The header of Flashbots' relay, by vectors that others made. */
class RelaySignatureTest {

    private static final byte[] HELLO = "Hello".getBytes(StandardCharsets.UTF_8);
    private final RelaySigner signer = Web3jRelaySigner.of(SignedBy.RELAY_KEY);

    /** Made by Flashbots with Go, Foundry's cast and ethers: flashbots/go-utils, signature/signature_test.go. */
    @Test
    void headerIsThatOfFlashbotsOwnTest() {
        assertThat(RelayClient.header(signer, HELLO))
                .isEqualTo("0x96216849c49358B10257cb55b28eA603c874b05E:"
                        + "0x1446053488f02d460c012c84c4091cd5054d98c6cfca01b65f6c1a72773e80e6"
                        + "0b8a4931aeee7ed18ce3adb45b2107e8c59e25556c1f871a8334e30e5bddbed21c");
    }

    /** Made by ethers 6: {@code wallet.address + ':' + await wallet.signMessage(id(body))}. */
    @Test
    void headerOfACallIsThatOfEthers() {
        String body =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_cancelPrivateTransaction\",\"params\":[{\"txHash\":"
                        + "\"0x45df1bc3de765927b053ec029fc9d15d6321945b23cac0614eb0b5e61f3a2f2a\"}]}";

        assertThat(RelayClient.header(signer, body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("0x96216849c49358B10257cb55b28eA603c874b05E:"
                        + "0xe11040be0dbbfe71aec900be04198c23bdc1faf1846ed74c2a223fcdf1d0c4e3"
                        + "019f20704269c6362f47cdc074b1463e8db98a45bce18a0934ff25ee119185fa1b");
    }

    /** Signed by MetaMask and by cast, from the same test of Flashbots: our own relay of the tests accepts what theirs does. */
    @Test
    void relayOfTheTestsKnowsTheSignaturesOfOthers() {
        String metaMask = "0x4bE0Cd2553356b4ABb8b6a1882325dAbC8d3013D:"
                + "0xbf36915334f8fa93894cd54d491c31a89dbf917e9a4402b2779b73d21ecf46e3"
                + "6ff07db2bef6d10e92c99a02c1c5ea700b0b674dfa5d3ce9220822a7ebcc17101b";
        String cast = "0x2485Aaa7C5453e04658378358f5E028150Dc7606:"
                + "0xff2aa92eb8d8c2ca04f1755a4ddbff4bda6a5c9cefc8b706d5d8a21d3aa6fe7a"
                + "20d3ec062fb5a4c1656fd2c14a8b33ca378b830d9b6168589bfee658e83745cc1b";

        assertThat(FakeRelay.signer(metaMask, HELLO)).isEqualToIgnoringCase(metaMask.substring(0, 42));
        assertThat(FakeRelay.signer(cast, HELLO)).isEqualToIgnoringCase(cast.substring(0, 42));
        assertThat(FakeRelay.signer(cast, "Hello!".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void signerThatGivesNoSignatureIsFoundOut() {
        RelaySigner broken = new RelaySigner() {
            @Override
            public String address() {
                return signer.address();
            }

            @Override
            public byte[] sign(byte[] message) {
                return new byte[64];
            }
        };

        assertThatThrownBy(() -> RelayClient.header(broken, HELLO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a signature must have 65 bytes, has 64");
    }

    @Test
    void signerDoesNotPrintItsKey() {
        Credentials key = SignedBy.RELAY_KEY;

        assertThat(signer.toString())
                .isEqualTo("Web3jRelaySigner[0x96216849c49358B10257cb55b28eA603c874b05E]")
                .doesNotContain(key.getEcKeyPair().getPrivateKey().toString(16));
    }
}
