package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.sender.SendChannel;
import dev.tocsin.rpcpool.sender.SenderTime;
import dev.tocsin.rpcpool.sender.TransactionOutcome;
import dev.tocsin.rpcpool.sender.TransactionRequest;
import dev.tocsin.rpcpool.sender.TransactionSender;
import dev.tocsin.rpcpool.sender.TransactionSenderBuilder;
import dev.tocsin.rpcpool.web3j.CredentialsSigner;
import dev.tocsin.rpcpool.web3j.Web3jRelaySigner;
import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay beside a real node: what it includes is found in the real blocks, and what it does not include becomes public there. */
class PrivateRelayIT {

    private AnvilNode anvil;
    private FakeRelay builder;
    private RpcPool pool;

    @BeforeEach
    void start() throws InterruptedException {
        anvil = AnvilNode.start();
        builder = new FakeRelay(new AnvilFacts(anvil));
        pool = RpcPool.builder()
                .chain(SignedBy.CHAIN)
                .primary(anvil.uri().toString())
                .healthCheckEvery(Duration.ofHours(1))
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
        builder.close();
        anvil.close();
    }

    private record AnvilFacts(AnvilNode anvil) implements ChainFacts {
        @Override
        public long head() {
            try {
                return anvil.blockNumber();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long confirmed(String address) {
            try {
                return Long.decode(
                        anvil.rpc("eth_getTransactionCount", address, "latest").asString());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private PrivateRelay open(Fallback fallback) {
        return PrivateRelay.builder(builder.url(), Web3jRelaySigner.of(SignedBy.RELAY_KEY), pool)
                .status(builder.statusUrl())
                .fallback(fallback)
                .pollEvery(Duration.ofMillis(20))
                .build();
    }

    private boolean isKnownToTheNode(String hash) throws InterruptedException {
        return anvil.rpc("eth_getTransactionByHash", hash).isObject();
    }

    @Test
    void whatTheRelayDidNotIncludeByItsLastBlockIsPublishedAndMined() throws InterruptedException {
        try (PrivateRelay relay = open(Fallback.AFTER_EXPIRY)) {
            PrivateOptions threeBlocks = PrivateOptions.standard().withMaxBlock(anvil.blockNumber() + 3);
            PrivateTransaction transaction = relay.send(SignedBy.owner(0), threeBlocks);
            builder.held(SignedBy.owner(0)).status = "FAILED";

            anvil.mine(3);
            assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Pending.class);
            assertThat(isKnownToTheNode(transaction.hash())).isFalse();
            anvil.mine(1);

            assertThat(transaction.await(Duration.ofSeconds(20)))
                    .isInstanceOfSatisfying(
                            PrivateOutcome.Published.class,
                            published -> assertThat(published.sent()).isInstanceOf(SendOutcome.Accepted.class));
            assertThat(isKnownToTheNode(transaction.hash())).isTrue();
            anvil.mine(1);
            assertThat(anvil.rpc("eth_getTransactionReceipt", transaction.hash())
                            .path("status")
                            .asString())
                    .isEqualTo("0x1");
        }
    }

    @Test
    void withNeverItIsNotPublished() throws InterruptedException {
        try (PrivateRelay relay = open(Fallback.NEVER)) {
            PrivateTransaction transaction = relay.send(SignedBy.owner(0));
            builder.held(SignedBy.owner(0)).status = "FAILED";
            anvil.mine(26);

            assertThat(transaction.await(Duration.ofSeconds(20))).isInstanceOf(PrivateOutcome.Failed.class);
            assertThat(isKnownToTheNode(transaction.hash())).isFalse();
            assertThat(relay.nextNonce(transaction.sender())).isZero();
        }
    }

    @Test
    void whatABuilderIncludesIsFoundInItsBlock() throws InterruptedException {
        try (PrivateRelay relay = open(Fallback.AFTER_EXPIRY)) {
            PrivateTransaction transaction = relay.send(SignedBy.owner(0));
            anvil.mine(1);
            anvil.rpc("eth_sendRawTransaction", builder.held(SignedBy.owner(0)).signed); // the builder's own way
            anvil.mine(2);

            PrivateOutcome outcome = transaction.await(Duration.ofSeconds(20));

            long block = Long.decode(anvil.rpc("eth_getTransactionReceipt", transaction.hash())
                    .path("blockNumber")
                    .asString());
            assertThat(outcome).isEqualTo(new PrivateOutcome.Mined(transaction.hash(), OptionalLong.of(block)));
            assertThat(relay.nextNonce(transaction.sender())).isEqualTo(1);
        }
    }

    @Test
    void senderFindsWhatABuilderIncludesWithoutSayingItsHash() throws InterruptedException {
        try (PrivateRelay relay = open(Fallback.NEVER)) {
            TransactionSenderBuilder settings = TransactionSender.builder(pool, CredentialsSigner.of(SignedBy.OWNER))
                    .channel(SendChannel.through(relay))
                    .maxFee(BigInteger.valueOf(80_000_000_000L))
                    .confirmations(3);
            TransactionSender sender =
                    SenderTime.of(settings, time -> include(), System::nanoTime).build();
            TransactionRequest request = TransactionRequest.transfer("a", SignedBy.TO, BigInteger.valueOf(7))
                    .withGas(21_000);

            TransactionOutcome outcome = sender.send(request);

            assertThat(outcome).isInstanceOfSatisfying(TransactionOutcome.Confirmed.class, confirmed -> {
                assertThat(confirmed.receipt().hash())
                        .isEqualTo(SignedBy.hash(builder.all().getFirst().signed));
                assertThat(confirmed.receipt().isSuccess()).isTrue();
                assertThat(confirmed.receipt().gasUsed()).isEqualTo(21_000);
            });
            assertThat(sender.send(request)).isEqualTo(outcome);
        }
    }

    private void include() throws InterruptedException {
        for (FakeRelay.Held held : builder.waiting()) {
            anvil.rpc("eth_sendRawTransaction", held.signed); // the builder's own way
            held.status = "INCLUDED";
        }
        anvil.mine(1);
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        RelaySigner signer = Web3jRelaySigner.of(SignedBy.RELAY_KEY);
        String relayUrl = builder.url();
        String statusUrl = builder.statusUrl();
        String signedTransaction = SignedBy.owner(0);
        // @start region="readme-relay"
        List<String> says = new ArrayList<>();
        try (PrivateRelay relay = PrivateRelay.builder(relayUrl, signer, pool)
                .status(statusUrl)
                .fallback(Fallback.NEVER) // the default
                .build()) {
            PrivateTransaction sent = relay.send(
                    signedTransaction, PrivateOptions.standard().withFast().withHints());
            says.add("next nonce " + relay.nextNonce(sent.sender()));
            says.add(
                    switch (sent.await(Duration.ofMillis(100))) { // rather 5 min
                        case PrivateOutcome.Pending pending -> "with the relay until block " + pending.maxBlock();
                        case PrivateOutcome.Mined mined -> "in block " + mined.blockNumber();
                        case PrivateOutcome.Failed failed -> "not included: " + failed.reason();
                        case PrivateOutcome.Cancelled cancelled -> "taken back";
                        case PrivateOutcome.Replaced replaced -> "another has its nonce";
                        case PrivateOutcome.Rejected rejected -> "the relay did not take it: " + rejected.message();
                        case PrivateOutcome.Published published -> "public now: " + published.sent();
                        case PrivateOutcome.Unknown unknown -> "the relay may have it: " + unknown.cause();
                    });
            sent.cancel();
        }
        // @end

        assertThat(says).containsExactly("next nonce 1", "with the relay until block 25");
        assertThat(builder.held(signedTransaction).status).isEqualTo("CANCELLED");
        assertThat(builder.violations()).isEmpty();
    }
}
