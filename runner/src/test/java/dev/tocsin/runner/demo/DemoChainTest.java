package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.testsupport.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoChainTest {

    private final MutableClock clock = MutableClock.at(Instant.parse("2026-11-21T12:00:00Z"));
    private final DemoChain chain = DemoChain.create(1337, clock);
    private final RandomDrafts drafts = new RandomDrafts(1);

    @Test
    void blocksAreLinkedToTheirParentsAndHashedFromTheirHeaders() {
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofMillis(300));
            DemoBlock parent = chain.head();
            DemoBlock block = chain.append(drafts.next());

            assertThat(block.number()).isEqualTo(parent.number() + 1);
            assertThat(block.parentHash()).isEqualTo(parent.hash());
            assertThat(block.hash()).isEqualTo(block.header().hash());
            assertThat(block.timestampSeconds()).isGreaterThanOrEqualTo(parent.timestampSeconds());
            assertThat(block.header().logsBloom())
                    .isEqualTo(LogsBloom.of(block.logs()).hex());
        }
    }

    @Test
    void logsAreNumberedThroughTheBlockAndKeepTheirTransaction() {
        Draft.Transaction first = drafts.transaction(3);
        Draft.Transaction second = drafts.transaction(2);

        List<DemoLog> logs = chain.append(new Draft(List.of(first, drafts.transaction(0), second), "x"))
                .logs();

        assertThat(logs).extracting(DemoLog::logIndex).containsExactly(0, 1, 2, 3, 4);
        assertThat(logs).extracting(DemoLog::transactionIndex).containsExactly(0, 0, 0, 2, 2);
        assertThat(logs.get(4).transactionHash()).isEqualTo(second.hash());
        assertThat(logs.get(4).data()).isEqualTo(second.logs().get(1).data());
    }

    @Test
    void theSameContentMinedAgainIsAnotherBlock() {
        Draft draft = drafts.next();
        DemoBlock first = chain.append(draft);

        DemoBlock again = chain.reorganise(1, List.of(draft)).getFirst();

        assertThat(again.number()).isEqualTo(first.number());
        assertThat(again.hash()).isNotEqualTo(first.hash());
        assertThat(again.parentHash()).isEqualTo(first.parentHash());
    }

    @Test
    void theTimeOfMiningIsKnownByHashEvenOfAnOrphan() {
        clock.advance(Duration.ofMillis(1234));
        DemoBlock block = chain.append(drafts.next());
        chain.reorganise(1, List.of(drafts.next()));

        assertThat(chain.minedAt(block.hash())).isEqualTo(OptionalLong.of(clock.millis()));
        assertThat(chain.minedAt("0x00")).isEmpty();
    }

    @Test
    void listenersHearOfOrphansNewestFirstAndThenOfTheNewBranchUntilTheyLeave() {
        List<String> heard = new ArrayList<>();
        DemoChain.Subscription subscription = chain.listen(new DemoChain.Listener() {
            @Override
            public void onHead(DemoBlock block) {
                heard.add("+" + block.number());
            }

            @Override
            public void onRemoved(DemoBlock block) {
                heard.add("-" + block.number());
            }
        });
        chain.append(drafts.next());
        chain.append(drafts.next());

        chain.reorganise(2, List.of(drafts.next(), drafts.next(), drafts.next()));
        subscription.close();
        chain.append(drafts.next());

        assertThat(heard).containsExactly("+1", "+2", "-2", "-1", "+1", "+2", "+3");
    }

    @Test
    void aListenerThatFailsHurtsNobody() {
        List<Long> heard = new ArrayList<>();
        chain.listen(new DemoChain.Listener() {
            @Override
            public void onHead(DemoBlock block) {
                throw new IllegalStateException("expected by the test");
            }
        });
        chain.listen(new DemoChain.Listener() {
            @Override
            public void onHead(DemoBlock block) {
                heard.add(block.number());
            }
        });

        chain.append(drafts.next());

        assertThat(heard).containsExactly(1L);
    }

    @Test
    void safeAndFinalizedNeverGoBackAndNoReorganisationReachesTheFinalizedBlock() {
        for (int i = 0; i < 20; i++) {
            chain.append(drafts.next());
        }
        DemoChain.Heights before = chain.heights();

        chain.reorganise(3, List.of(drafts.next()));

        assertThat(before).isEqualTo(new DemoChain.Heights(0, 12, 16, 20));
        assertThat(chain.heights()).isEqualTo(new DemoChain.Heights(0, 12, 16, 18));
        assertThatThrownBy(() -> chain.reorganise(7, List.of(drafts.next())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("depth must be 1 to 6");
        assertThat(chain.head().number()).isEqualTo(18);
    }

    @Test
    void historyIsBoundedByLogsAndTheNewestBlocksStay() {
        Draft.Transaction many = drafts.transaction(1_000);
        List<DemoBlock> mined = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            mined.add(chain.append(new Draft(List.of(many), "x")));
        }

        long kept = 0;
        Set<Long> numbers = new HashSet<>();
        for (DemoBlock block : mined) {
            if (chain.byNumber(block.number()).isPresent()) {
                kept += block.logCount();
                numbers.add(block.number());
            } else {
                assertThat(chain.byHash(block.hash())).isEmpty();
            }
        }
        assertThat(kept).isEqualTo(100_000);
        assertThat(numbers).contains(150L, 51L).doesNotContain(50L);
        assertThat(chain.heights().first()).isEqualTo(51);
        assertThat(chain.range(50, 60)).isEmpty();
    }

    @Test
    void onlyTheNewestOrphansAreRemembered() {
        List<DemoBlock> orphans = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            orphans.add(chain.append(new Draft(List.of(), "x")));
            chain.reorganise(1, List.of(new Draft(List.of(), "y")));
        }

        assertThat(chain.byHash(orphans.getFirst().hash())).isEmpty();
        assertThat(chain.byHash(orphans.getLast().hash())).isPresent();
        assertThat(orphans)
                .filteredOn(orphan -> chain.byHash(orphan.hash()).isPresent())
                .hasSize(256);
    }
}
