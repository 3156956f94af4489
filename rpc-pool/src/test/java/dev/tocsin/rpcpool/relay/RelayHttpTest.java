package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What HTTP does on the way to a relay and back. */
class RelayHttpTest {

    private final String signed = SignedBy.owner(0);
    private RelayFixture world;

    @BeforeEach
    void open() throws InterruptedException {
        world = new RelayFixture();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void answersOfTheRelayAndItsStatusApiAreReadThoughTheyComeGzipped() throws InterruptedException {
        world.relay.compress();

        PrivateTransaction sent = world.open(Fallback.NEVER).send(signed);
        assertThat(sent.outcome()).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(sent.cancel()).isInstanceOf(PrivateOutcome.Cancelled.class);
    }

    @Test
    void userInfoOfTheUrlsIsSentAsAHeader() throws InterruptedException {
        String url = world.relay.url().replace("//", "//us:p%21@");
        PrivateRelay relay = world.open(url, builder -> builder.status(url + "/tx"));

        relay.send(signed).poll();

        assertThat(world.relay.received())
                .hasSize(2)
                .allMatch(request -> request.contains("Authorization=[Basic dXM6cCE=]"));
    }
}
