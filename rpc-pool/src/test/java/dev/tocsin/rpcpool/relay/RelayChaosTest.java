package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.relay.FakeRelay.Fault;
import java.math.BigInteger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand sends by a relay that fails in every way at random, while blocks are made that include some of what it holds. */
class RelayChaosTest {

    private static final int SENDS = 1_000;
    private static final Pattern LONGER_THAN_AN_ADDRESS = Pattern.compile("[0-9a-fA-F]{41}");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 20_261_121)
    void withNeverNoPublicNodeHearsOfATransactionAndEveryOutcomeIsTrue(long seed) throws InterruptedException {
        Random random = new Random(seed);
        Map<Fault, Integer> met = new EnumMap<>(Fault.class);
        Set<Class<?>> outcomes = new HashSet<>();
        try (RelayFixture world = new RelayFixture()) {
            PrivateRelay relay = world.open(Fallback.NEVER);
            world.relay.faults(method -> {
                Fault fault =
                        random.nextInt(3) == 0 ? Fault.values()[random.nextInt(Fault.values().length)] : Fault.NONE;
                met.merge(fault, 1, Integer::sum);
                return fault;
            });
            world.whileWaiting(() -> block(world, random));
            String owner = SignedBy.OWNER.getAddress();

            for (int i = 0; i < SENDS; i++) {
                BigInteger nonce = relay.nextNonce(owner);
                String signed = SignedBy.owner(nonce.longValueExact(), 1_000 + i);
                PrivateTransaction transaction = relay.send(signed, options(random, world.chain.head()));
                if (random.nextInt(10) == 0) {
                    transaction.cancel();
                }
                PrivateOutcome outcome = transaction.await(Duration.ofMinutes(10));

                isTrue(outcome, signed, world);
                outcomes.add(outcome.getClass());
            }

            assertThat(world.relay.violations()).isEmpty();
            assertThat(world.node.received()).hasSizeGreaterThan(5 * SENDS);
            assertThat(exposed(world.node.received())).isEmpty();
            assertThat(outcomes)
                    .containsExactlyInAnyOrder(
                            PrivateOutcome.Mined.class,
                            PrivateOutcome.Failed.class,
                            PrivateOutcome.Cancelled.class,
                            PrivateOutcome.Rejected.class);
            assertThat(met.keySet()).containsExactlyInAnyOrder(Fault.values());
        }
    }

    private static PrivateOptions options(Random random, long head) {
        return PrivateOptions.standard().withMaxBlock(head + 1 + random.nextInt(3));
    }

    /** A block, with one of those that wait in it or without; the relay hears of it, and gives up what is over. */
    private static void block(RelayFixture world, Random random) {
        List<FakeRelay.Held> waiting = world.relay.waiting().stream()
                .filter(held -> held.nonce == world.chain.confirmed(SignedBy.OWNER.getAddress()))
                .toList();
        if (!waiting.isEmpty() && random.nextInt(3) == 0) {
            FakeRelay.Held included = waiting.getFirst();
            world.chain.mine(included.signed);
            included.status = "INCLUDED";
        } else {
            world.chain.mine();
        }
        for (FakeRelay.Held held : world.relay.waiting()) {
            if (held.maxBlock <= world.chain.head()) {
                held.status = "FAILED";
            }
        }
    }

    /** What is said must be so. */
    private static void isTrue(PrivateOutcome outcome, String signed, RelayFixture world) {
        boolean isMined = world.chain.contains(signed);
        switch (outcome) {
            case PrivateOutcome.Mined mined -> assertThat(isMined).isTrue();
            case PrivateOutcome.Failed failed -> assertThat(isMined).isFalse();
            case PrivateOutcome.Cancelled cancelled -> assertThat(isMined).isFalse();
            case PrivateOutcome.Rejected rejected ->
                assertThat(world.relay.has(signed)).isFalse();
            case PrivateOutcome.Pending pending -> throw new AssertionError("not final: " + outcome);
            case PrivateOutcome.Unknown unknown -> throw new AssertionError("not final: " + outcome);
            case PrivateOutcome.Replaced replaced -> throw new AssertionError("there was no other: " + outcome);
            case PrivateOutcome.Published published -> throw new AssertionError("leaked: " + outcome);
        }
    }

    /** Requests with more hexadecimal digits in a row than an address has: a hash, or a part of a transaction. */
    private static List<String> exposed(List<String> requests) {
        return requests.stream()
                .filter(request -> LONGER_THAN_AN_ADDRESS.matcher(request).find())
                .toList();
    }
}
