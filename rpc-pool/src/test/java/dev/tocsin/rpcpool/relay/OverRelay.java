package dev.tocsin.rpcpool.relay;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A relay beside which nothing is published. */
abstract class OverRelay {

    RelayFixture world;
    PrivateRelay relay;

    @BeforeEach
    void open() throws InterruptedException {
        world = new RelayFixture();
        relay = world.open(Fallback.NEVER);
    }

    @AfterEach
    void close() {
        world.close();
    }
}
