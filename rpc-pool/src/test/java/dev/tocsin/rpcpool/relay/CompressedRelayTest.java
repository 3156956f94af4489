package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A relay that compresses every answer, asked for or not. */
class CompressedRelayTest {

    @Test
    void answersOfTheRelayAndItsStatusApiAreReadThoughTheyComeGzipped() throws InterruptedException {
        String signed = SignedBy.owner(0);
        try (RelayFixture world = new RelayFixture()) {
            world.relay.compress();

            PrivateTransaction sent = world.open(Fallback.NEVER).send(signed);
            assertThat(sent.outcome()).isInstanceOf(PrivateOutcome.Pending.class);

            assertThat(sent.cancel()).isInstanceOf(PrivateOutcome.Cancelled.class);
        }
    }
}
