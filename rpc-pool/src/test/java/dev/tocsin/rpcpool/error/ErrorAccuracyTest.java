package dev.tocsin.rpcpool.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.error.ErrorRule.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How often the classifier is right: on what it has seen, on what it has seen in another dress, and on providers it has never met. */
class ErrorAccuracyTest {

    private static final long SEED = 20261121;
    private static final int DRESSES = 20;

    /** A row of the table as an error that somebody gives. */
    private record Seen(Set<String> providers, RpcError error, ErrorClass expected) {

        static Seen of(ErrorRule rule) {
            String[] cells = rule.row().split("\t", -1);
            OptionalInt code = rule.codes().isAny()
                    ? OptionalInt.empty()
                    : OptionalInt.of(rule.codes().from());
            OptionalInt http = rule.httpStatus() == null ? OptionalInt.empty() : OptionalInt.of(rule.httpStatus());
            String text = cells[4].replaceAll("<[a-z]>", "0x12ab").replaceAll("<[\\w .-]+>", "something");
            String provider = rule.providers().isEmpty() ? null : new TreeSet<>(rule.providers()).first();
            return new Seen(
                    rule.providers(),
                    new RpcError(provider, null, rule.method(), http, code, text, null),
                    rule.errorClass());
        }

        Seen with(Function<RpcError, RpcError> change) {
            return new Seen(providers, change.apply(error), expected);
        }
    }

    private static List<Seen> seen() {
        return ErrorClassifier.standard().rules().stream()
                .filter(rule -> rule.origin() == Origin.SEEN && !rule.phrase().isEmpty())
                .map(Seen::of)
                .toList();
    }

    private static List<String> mistakes(ErrorClassifier classifier, List<Seen> all) {
        List<String> mistakes = new ArrayList<>();
        for (Seen one : all) {
            Classification found = classifier.classify(one.error());
            if (found.errorClass() != one.expected()) {
                mistakes.add(one.expected() + " taken for " + found.errorClass() + ": " + one.error());
            }
        }
        return mistakes;
    }

    @Test
    void everyRowOfTheTableIsClassifiedAsItSays() {
        assertThat(seen()).hasSizeGreaterThan(450);
        assertThat(mistakes(ErrorClassifier.standard(), seen())).isEmpty();
    }

    @Test
    void inAnyDressNinetyNineOfAHundredAreRight() {
        Random random = new Random(SEED);
        List<Seen> dressed = new ArrayList<>();
        for (int i = 0; i < DRESSES; i++) {
            seen().forEach(one -> dressed.add(one.with(error -> dress(error, random))));
        }

        List<String> mistakes = mistakes(ErrorClassifier.standard(), dressed);

        System.out.println("rows in another dress: " + right(dressed.size(), mistakes));
        assertThat(mistakes).hasSizeLessThanOrEqualTo(dressed.size() / 100);
        assertThat(dangerous(ErrorClassifier.standard(), dressed)).isEmpty();
    }

    /** Other numbers, another case, wrapped in a proxy's words, under another code. */
    private static RpcError dress(RpcError error, Random random) {
        String text = error.message()
                .replace(
                        "0x12ab",
                        random.nextBoolean()
                                ? "0x" + Long.toHexString(random.nextLong())
                                : "" + random.nextInt(1_000_000));
        text = switch (random.nextInt(3)) {
            case 0 -> text.toLowerCase(Locale.ROOT);
            case 1 -> text.toUpperCase(Locale.ROOT);
            default -> text;
        };
        String prefix =
                List.of("", "Error: ", "rpc said: ", "[node-7] ", "eth call: ").get(random.nextInt(5));
        String suffix = List.of("", ".", " (id: 77)", " ref 8f3a", "; see docs").get(random.nextInt(5));
        OptionalInt code = random.nextBoolean() ? error.code() : OptionalInt.of(-32000);
        return new RpcError(
                error.provider(),
                error.client(),
                error.method(),
                error.httpStatus(),
                code,
                prefix + text + suffix,
                null);
    }

    @Test
    void aProviderNeverMetIsUnderstoodInEightyFiveOfAHundredCasesAndNeverDangerouslyWrong() {
        List<ErrorRule> rules = ErrorClassifier.standard().rules();
        Map<String, List<Seen>> byProvider = seen().stream()
                .collect(Collectors.groupingBy(
                        one -> new TreeSet<>(one.providers()).toString(), TreeMap::new, Collectors.toList()));
        List<String> mistakes = new ArrayList<>();
        List<String> dangers = new ArrayList<>();
        int asked = 0;
        for (List<Seen> group : byProvider.values()) {
            Set<String> held = group.getFirst().providers();
            ErrorClassifier others = new ErrorClassifier(rules.stream()
                    .filter(rule -> rule.origin() == Origin.PHRASES
                            || (held.isEmpty()
                                    ? !rule.providers().isEmpty()
                                    : Collections.disjoint(rule.providers(), held)))
                    .toList());
            List<Seen> strangers = group.stream()
                    .map(one -> one.with(ErrorAccuracyTest::fromAStranger))
                    .toList();
            asked += strangers.size();
            mistakes.addAll(mistakes(others, strangers));
            dangers.addAll(dangerous(others, strangers));
        }

        System.out.println("providers never met: " + right(asked, mistakes) + ", " + dangers.size() + " dangerous");
        assertThat(mistakes).hasSizeLessThanOrEqualTo(asked * 15 / 100);
        assertThat(dangers).isEmpty();
    }

    @Test
    void thePhrasesAloneUnderstandEightyFiveOfAHundred() {
        ErrorClassifier phrases = new ErrorClassifier(ErrorClassifier.standard().rules().stream()
                .filter(rule -> rule.origin() == Origin.PHRASES)
                .toList());

        List<String> mistakes = mistakes(phrases, seen());

        System.out.println("phrases alone: " + right(seen().size(), mistakes));
        assertThat(mistakes).hasSizeLessThanOrEqualTo(seen().size() * 15 / 100);
        assertThat(dangerous(phrases, seen())).isEmpty();
    }

    /** To cut a query makes more requests of one, and a ban keeps it away for long: neither helps against a limit of requests. */
    @Test
    void noQueryOfLogsThatIsToldOfARateIsCutOrBanned() {
        List<String> limited = List.of(
                "rate",
                "request rate",
                "requests per second",
                "calls per second",
                "requests",
                "quota",
                "daily request",
                "monthly quota",
                "compute unit",
                "compute units per second",
                "credits",
                "throughput");
        List<String> frames = List.of(
                "%s limit exceeded",
                "%s limit reached",
                "%s exceeded",
                "exceeds %s limit",
                "exceeded %s limit",
                "request exceeds the %s limit",
                "your app exceeds its %s limit",
                "this query exceeds your %s limit",
                "exceeded the limit of %s",
                "exceeds the limit of %s",
                "limit exceeded: %s",
                "query limit exceeded: %s",
                "%s limit exceeded, request timed out",
                "request timed out: %s limit exceeded",
                "took too long, %s limit exceeded",
                "query timeout: %s limit",
                "eth_getLogs exceeds %s limit",
                "eth_getLogs limit exceeded: %s",
                "eth_getLogs: %s limited");
        Set<String> providers = new TreeSet<>(Set.of("a-stranger"));
        ErrorClassifier.standard().rules().forEach(rule -> providers.addAll(rule.providers()));
        List<String> wrong = new ArrayList<>();

        for (String what : limited) {
            for (String frame : frames) {
                for (int code : new int[] {-32000, -32005, -32602, -32603, -32097, 429}) {
                    for (String provider : providers) {
                        RpcError error = new RpcError(
                                provider,
                                null,
                                "eth_getLogs",
                                OptionalInt.of(200),
                                OptionalInt.of(code),
                                frame.formatted(what),
                                null);
                        Classification found = ErrorClassifier.standard().classify(error);
                        if (Set.of(ErrorAction.SPLIT, ErrorAction.BAN_METHOD).contains(found.action())) {
                            wrong.add(found + ": " + error);
                        }
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    private static String right(int asked, List<String> mistakes) {
        double share = 100.0 * (asked - mistakes.size()) / asked;
        return String.format(Locale.ROOT, "%d of %d right (%.1f %%)", asked - mistakes.size(), asked, share);
    }

    private static RpcError fromAStranger(RpcError error) {
        return new RpcError(
                "a-stranger", null, error.method(), error.httpStatus(), error.code(), error.message(), null);
    }

    /** Mistakes that cost more than a retry. */
    private static List<String> dangerous(ErrorClassifier classifier, List<Seen> all) {
        List<String> dangers = new ArrayList<>();
        for (Seen one : all) {
            ErrorAction right = one.expected().action();
            ErrorAction taken = classifier.classify(one.error()).action();
            boolean revertRetried = one.expected() == ErrorClass.EXECUTION_REVERTED && taken != ErrorAction.FAIL;
            boolean knownFailed = one.expected() == ErrorClass.ALREADY_KNOWN
                    && !Set.of(ErrorAction.SUCCESS, ErrorAction.VERIFY).contains(taken);
            boolean takenForRate =
                    (right == ErrorAction.SPLIT || right == ErrorAction.BAN_METHOD) && taken == ErrorAction.COOL_DOWN;
            if (revertRetried || knownFailed || takenForRate) {
                dangers.add(one.expected() + " taken for " + classifier.classify(one.error()) + ": " + one.error());
            }
        }
        return dangers;
    }
}
