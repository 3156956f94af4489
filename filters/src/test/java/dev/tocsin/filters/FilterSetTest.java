package dev.tocsin.filters;

import static dev.tocsin.filters.Events.ALICE;
import static dev.tocsin.filters.Events.BOB;
import static dev.tocsin.filters.Events.NOON;
import static dev.tocsin.filters.Events.TRANSFER;
import static dev.tocsin.filters.Events.USDC;
import static dev.tocsin.filters.Events.WETH;
import static dev.tocsin.filters.Events.transfer;
import static dev.tocsin.filters.Events.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterSetTest {
    private final Heard heard = new Heard();

    @Test
    void aRuleMatchesItsEventAtItsAddressUnderItsCondition() {
        FilterSet filters = set(Rule.named("whale").on(TRANSFER).at(USDC).when("value >= 400_000 USDC"));
        Log big = transfer(400_000_000_000L, NOON, 1);

        assertThat(filters.match(big)).singleElement().satisfies(match -> {
            assertThat(match.rule()).isEqualTo("whale");
            assertThat(match.event().number("value")).isEqualTo(400_000_000_000L);
            assertThat(match.key()).isEqualTo(big.key() + ":whale");
        });
        assertThat(filters.match(transfer(399_999_999_999L, NOON, 2))).isEmpty();
        assertThat(filters.match(transfer(WETH, BOB, BigInteger.TEN.pow(20), NOON, 3)))
                .isEmpty();
        assertThat(heard.words)
                .containsExactly(
                        "decoded Transfer",
                        "match whale",
                        "decoded Transfer",
                        "rejected whale CONDITION",
                        "decoded Transfer");
    }

    @Test
    void theKeyNamesChainBlockTransactionLogAndRule() {
        Log log = transfer(1, NOON, 7);

        assertThat(set(Rule.named("any").on(TRANSFER)).match(log))
                .extracting(Match::key)
                .containsExactly("1:" + log.blockHash() + ":" + log.transactionHash() + ":7:any");
    }

    @Test
    void aLogIsDecodedOnceForAllRulesAndEachHasItsOwnFieldNames() {
        FilterSet filters = set(
                Rule.named("first")
                        .on("Transfer(address indexed src, address indexed dst, uint256 wad)")
                        .when("wad >= 1"),
                Rule.named("second").on(TRANSFER).when("value >= 1"),
                Rule.named("third").on(TRANSFER).at(WETH));

        List<Match> matches = filters.match(transfer(5, NOON, 1));

        assertThat(matches).extracting(Match::rule).containsExactly("first", "second");
        assertThat(matches.get(0).event().number("wad")).isEqualTo(5);
        assertThat(matches.get(1).event().number("value")).isEqualTo(5);
        assertThat(heard.words).containsExactly("decoded Transfer", "match first", "match second");
    }

    @Test
    void tokensOfBothKindsAreToldApartUnderOneTopic() {
        FilterSet filters = set(
                Rule.named("nft").on("Transfer(address indexed from, address indexed to, uint256 indexed tokenId)"),
                Rule.named("token").on(TRANSFER));
        EventDecoder decoder = EventDecoder.of(TRANSFER);
        Log nft = Events.log(decoder, List.of(word(ALICE), word(BOB), word(42)));

        assertThat(filters.match(nft)).extracting(Match::rule).containsExactly("nft");
        assertThat(filters.match(transfer(1, NOON, 1))).extracting(Match::rule).containsExactly("token");
        assertThat(heard.words).containsExactly("decoded Transfer", "match nft", "decoded Transfer", "match token");
    }

    @Test
    void aLogOfTheTopicThatIsNotOfTheEventIsReported() {
        EventDecoder decoder = EventDecoder.of(TRANSFER);
        Log nft = Events.log(decoder, List.of(word(ALICE), word(BOB), word(42)));

        assertThat(set(Rule.named("token").on(TRANSFER)).match(nft)).isEmpty();
        assertThat(heard.words).containsExactly("not Transfer: topics: expected 3, found 4");
    }

    @Test
    void otherEventsAndAnonymousLogsAreNotLookedAt() {
        FilterSet filters = set(Rule.named("swap").on(Events.SWAP_V2));

        assertThat(filters.match(transfer(1, NOON, 1))).isEmpty();
        assertThat(filters.match(new Log(1, 1, "0x", NOON, "0x", 0, USDC, List.of(), "0x")))
                .isEmpty();
        assertThat(heard.words).isEmpty();
    }

    @Test
    void aRuleMatchesOnceAPeriodForEachValueOfItsKey() {
        FilterSet filters = set(
                Rule.named("calm").on(TRANSFER).cooldown(Duration.ofMinutes(3)).per("to"));

        assertThat(filters.match(transfer(1, NOON, 1))).hasSize(1);
        assertThat(filters.match(transfer(2, NOON.plusSeconds(12), 2))).isEmpty();
        assertThat(filters.match(transfer(USDC, ALICE, BigInteger.ONE, NOON.plusSeconds(12), 3)))
                .hasSize(1);
        assertThat(filters.match(transfer(3, NOON.plusSeconds(180), 4))).hasSize(1);
        assertThat(heard.words).contains("rejected calm COOLDOWN");
    }

    @Test
    void aRuleWithoutAKeyCoolsDownAsAWholeAndPerAddressByContract() {
        FilterSet filters = set(
                Rule.named("whole").on(TRANSFER).cooldown(Duration.ofMinutes(3)),
                Rule.named("each").on(TRANSFER).cooldown(Duration.ofMinutes(3)).per("address"));

        assertThat(filters.match(transfer(1, NOON, 1))).extracting(Match::rule).containsExactly("whole", "each");
        assertThat(filters.match(transfer(WETH, ALICE, BigInteger.ONE, NOON, 2)))
                .extracting(Match::rule)
                .containsExactly("each");
    }

    @Test
    void anEventThatFailsTheConditionDoesNotStartTheCooldown() {
        FilterSet filters =
                set(Rule.named("calm").on(TRANSFER).when("value >= 5").cooldown(Duration.ofMinutes(3)));

        assertThat(filters.match(transfer(1, NOON, 1))).isEmpty();
        assertThat(filters.match(transfer(5, NOON.plusSeconds(1), 2))).hasSize(1);
    }

    @Test
    void theSameLogMatchesAgainWithTheSameKey() {
        FilterSet filters = set(Rule.named("calm").on(TRANSFER).cooldown(Duration.ofMinutes(3)));
        Log log = transfer(1, NOON, 1);

        assertThat(filters.match(log)).hasSize(1);
        assertThat(filters.match(log)).extracting(Match::key).containsExactly(log.key() + ":calm");
    }

    @Test
    void aWithdrawnMatchCanMatchAgainInTheBlockThatReplacesIts() {
        FilterSet filters = set(Rule.named("calm").on(TRANSFER).cooldown(Duration.ofMinutes(3)));
        Match orphaned = filters.match(transfer(1, NOON, 1)).getFirst();

        filters.withdraw(orphaned.key());

        assertThat(filters.match(transfer(1, NOON.plusSeconds(1), 2))).hasSize(1);
    }

    @Test
    void chainsCoolDownOnTheirOwn() {
        FilterSet filters = set(Rule.named("calm").on(TRANSFER).cooldown(Duration.ofMinutes(3)));
        Log here = transfer(1, NOON, 1);
        Log there = new Log(10, 1, "0x1", NOON, "0x1", 1, USDC, here.topics(), here.data());

        assertThat(filters.match(here)).hasSize(1);
        assertThat(filters.match(there)).hasSize(1);
    }

    @Test
    void aNodeIsAskedForWhatTheRulesNeed() {
        Rule one = Rule.named("one").on(TRANSFER).at(USDC);
        Rule two = Rule.named("two").on(Events.SWAP_V2).at(WETH, USDC);
        Rule any = Rule.named("any").on(Events.SWAP_V3);

        assertThat(FilterSet.of(one, two).addresses()).containsExactlyInAnyOrder(USDC, WETH);
        assertThat(FilterSet.of(one, any).addresses()).isEmpty();
        assertThat(FilterSet.of(one, two, any).topic0s())
                .containsExactlyInAnyOrder(
                        one.decoder().topic0(),
                        two.decoder().topic0(),
                        any.decoder().topic0());
        assertThat(FilterSet.of(one, two).rules()).containsExactly(one, two);
    }

    @Test
    void aWrongConditionIsToldWithItsRuleWhenTheSetIsBuilt() {
        FilterSet.Builder builder =
                FilterSet.builder().rule(Rule.named("whale").on(TRANSFER).when("value >= 5 USDC"));

        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(FilterSyntaxException.class, e -> {
                    assertThat(e.subject()).isEqualTo("condition of rule whale");
                    assertThat(e.found()).isEqualTo("'USDC'");
                    assertThat(e.hint()).startsWith("no units are known here");
                })
                .hasMessageStartingWith("condition of rule whale \"value >= 5 USDC\", column 12: found 'USDC'");
    }

    @Test
    void twoRulesCannotShareAName() {
        Rule rule = Rule.named("twice").on(TRANSFER);

        assertThatThrownBy(() -> FilterSet.of(rule, rule)).hasMessageContaining("was twice twice");
    }

    @Test
    void aListenerThatThrowsIsCountedAndChangesNothing() {
        FilterSet filters = FilterSet.builder()
                .rule(Rule.named("any").on(TRANSFER))
                .listener(new FilterListener() {
                    @Override
                    public void onMatch(Match match) {
                        throw new IllegalStateException("of the test");
                    }
                })
                .build();

        assertThat(filters.match(transfer(1, NOON, 1))).hasSize(1);
        assertThat(filters.match(transfer(1, NOON, 2))).hasSize(1);
        assertThat(filters.listenerFailures()).isEqualTo(2);
    }

    @Test
    void aStoreThatThrowsIsHeardByTheCallerAndTheLogCanBeMatchedAgain() {
        boolean[] fails = {true};
        CooldownStore memory = InMemoryCooldowns.create();
        FilterSet filters = FilterSet.builder()
                .rule(Rule.named("calm").on(TRANSFER).cooldown(Duration.ofMinutes(3)))
                .cooldowns(new CooldownStore() {
                    @Override
                    public boolean pass(String key, java.time.Instant at, Duration period, String matchKey) {
                        boolean passed = memory.pass(key, at, period, matchKey);
                        if (fails[0]) {
                            throw new IllegalStateException("answer lost");
                        }
                        return passed;
                    }

                    @Override
                    public void withdraw(String matchKey) {
                        memory.withdraw(matchKey);
                    }
                })
                .build();
        Log log = transfer(1, NOON, 1);
        assertThatThrownBy(() -> filters.match(log)).hasMessage("answer lost");

        fails[0] = false;

        assertThat(filters.match(log)).hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theIndexFindsWhatALookAtEveryRuleFinds(long seed) {
        Random random = new Random(seed);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Rule rule = Rule.named("r" + i).on(random.nextInt(5) == 0 ? Events.SWAP_V2 : TRANSFER);
            rule = random.nextInt(3) == 0
                    ? rule
                    : rule.at(Events.hash(random.nextInt(20)).replaceFirst("0{24}", ""));
            rules.add(rule.when(
                    (rule.decoder().name().equals("Swap") ? "amount0In" : "value") + " >= " + random.nextInt(1_000)));
        }
        FilterSet filters = FilterSet.builder().rules(rules).build();

        for (int i = 0; i < 2_000; i++) {
            String token = Events.hash(random.nextInt(25)).replaceFirst("0{24}", "");
            Log log = transfer(token, BOB, BigInteger.valueOf(random.nextInt(1_000)), NOON, i);
            List<String> expected = rules.stream()
                    .filter(rule ->
                            rule.addresses().isEmpty() || rule.addresses().contains(token))
                    .filter(rule -> rule.decoder().decode(log) instanceof Event event
                            && Condition.parse(rule.condition().orElseThrow(), rule.decoder(), Units.none())
                                    .test(event))
                    .map(Rule::name)
                    .toList();
            assertThat(filters.match(log)).extracting(Match::rule).isEqualTo(expected);
        }
    }

    private FilterSet set(Rule... rules) {
        return FilterSet.builder()
                .rules(List.of(rules))
                .units(Units.of(Map.of("USDC", 6)))
                .listener(heard)
                .build();
    }

    private static final class Heard implements FilterListener {
        private final List<String> words = new ArrayList<>();

        @Override
        public void onDecoded(String event) {
            words.add("decoded " + event);
        }

        @Override
        public void onNotThisEvent(String event, String why) {
            words.add("not " + event + ": " + why);
        }

        @Override
        public void onRejected(String rule, Rejection reason) {
            words.add("rejected " + rule + " " + reason);
        }

        @Override
        public void onMatch(Match match) {
            words.add("match " + match.rule());
        }
    }
}
