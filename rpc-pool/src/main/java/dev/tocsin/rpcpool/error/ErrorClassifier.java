package dev.tocsin.rpcpool.error;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an error means, by a table of what nodes and providers are known to say, and by general phrases for those that nobody has
 * met yet. Of all rows that fit, the one that explains most of the error decides: the longest text, then the provider, the method, the
 * code. Words that tell of a rate or a quota mean the same of every method: no row of one method outweighs them. A user's rows come before all
 * others.
 *
 * <p>Codes alone mean little ({@code -32000} stands for two dozen things), so the text decides where there is one. What follows
 * "execution reverted" is the contract's own text and never looked at. Immutable, safe for use by many threads.
 */
public final class ErrorClassifier {

    private static final Classification UNKNOWN = new Classification(ErrorClass.NODE_ERROR, "", false);
    private static final Classification REVERTED =
            new Classification(ErrorClass.EXECUTION_REVERTED, "revert data", true);
    private static final Set<String> REVERT_SELECTORS =
            Set.of("0x08c379a0", "0x4e487b71"); // Error(string), Panic(uint256)
    private static final int SELECTOR = 10;

    private final List<ErrorRule> rules;
    private final List<ErrorRule> wordless = new ArrayList<>();
    private final Map<String, List<ErrorRule>> byWord = new HashMap<>();
    private final Set<String> vocabulary = new HashSet<>();

    ErrorClassifier(List<ErrorRule> rules) {
        this.rules = List.copyOf(rules);
        Map<String, Integer> uses = new HashMap<>();
        for (ErrorRule rule : rules) {
            for (Set<String> choice : rule.phrase().words()) {
                choice.forEach(word -> uses.merge(word, 1, Integer::sum));
                vocabulary.addAll(choice);
            }
        }
        for (ErrorRule rule : rules) {
            if (rule.phrase().isEmpty()) {
                wordless.add(rule);
            } else {
                rarest(rule.phrase().words(), uses)
                        .forEach(word -> byWord.computeIfAbsent(word, key -> new ArrayList<>())
                                .add(rule));
            }
        }
        byWord.values()
                .forEach(list ->
                        list.sort(Comparator.comparingInt(ErrorRule::mostFit).reversed()));
    }

    /** The part of a phrase that the fewest rows have: a row is looked at only when a text has it. */
    private static Set<String> rarest(List<Set<String>> words, Map<String, Integer> uses) {
        Set<String> best = Set.of();
        int fewest = Integer.MAX_VALUE;
        for (Set<String> choice : words) {
            int count =
                    choice.stream().mapToInt(word -> uses.getOrDefault(word, 0)).sum();
            if (count < fewest) {
                fewest = count;
                best = choice;
            }
        }
        return best;
    }

    /**
     * The table that comes with the library.
     *
     * @return the classifier, the same one each time
     */
    public static ErrorClassifier standard() {
        return Standard.CLASSIFIER;
    }

    /**
     * This table with rows of one's own, which come before all others.
     *
     * @param rows lines of {@code provider, http_status, jsonrpc_code, method, message, class} with tabs between them; empty cells fit
     *     anything; a message may hold gaps as {@code <n>} or {@code ...}; empty lines and those that begin with {@code #} are left out
     * @param name of the source, for errors
     * @return the classifier
     * @throws IllegalArgumentException if a row cannot be read; names its line and what was expected
     * @throws IOException if the source cannot be read
     */
    public ErrorClassifier with(Reader rows, String name) throws IOException {
        List<ErrorRule> all = new ArrayList<>(ErrorTable.read(rows, name, ErrorRule.Origin.USER));
        all.addAll(rules);
        return new ErrorClassifier(all);
    }

    /**
     * What an error means.
     *
     * @param given the error
     * @return its class, and the row that decided
     */
    public Classification classify(RpcError given) {
        RpcError error = withStatusOfText(given);
        if (isRevertData(error.data()) || isRevertData(error.message())) {
            return REVERTED;
        }
        List<String> words = untilRevert(Words.of(error.message(), vocabulary));
        long bits = Phrase.bitsOf(words);
        ErrorRule best = byWords(error, words, bits, rule -> true);
        if (best != null && best.isOfMethod()) {
            ErrorRule limit = byWords(error, words, bits, ErrorRule::isClearLimit);
            best = limit == null ? best : limit;
        }
        if (best == null) {
            best = byCode(error, words, bits);
        }
        return best == null ? UNKNOWN : best.meaning();
    }

    /** Of the rows with words those that are looked at. */
    private @Nullable ErrorRule byWords(RpcError error, List<String> words, long bits, Predicate<ErrorRule> which) {
        ErrorRule best = null;
        int most = ErrorRule.NO;
        for (String word : words) {
            for (ErrorRule rule : byWord.getOrDefault(word, List.of())) {
                if (rule.mostFit() <= most) {
                    break; // they stand in order
                }
                int fit = which.test(rule) ? rule.fit(error, words, bits) : ErrorRule.NO;
                if (fit > most) {
                    most = fit;
                    best = rule;
                }
            }
        }
        return best;
    }

    private @Nullable ErrorRule byCode(RpcError error, List<String> words, long bits) {
        ErrorRule best = null;
        int most = ErrorRule.NO;
        for (ErrorRule rule : wordless) {
            int fit = rule.fit(error, words, bits);
            if (fit > most) {
                most = fit;
                best = rule;
            }
        }
        return best;
    }

    /** Proxies and clients often hand on a status only as text: "502 Bad Gateway". */
    private static RpcError withStatusOfText(RpcError error) {
        String text = error.message();
        boolean begins = error.httpStatus().isEmpty()
                && text.length() > 4
                && (text.charAt(0) == '4' || text.charAt(0) == '5')
                && Character.isDigit(text.charAt(1))
                && Character.isDigit(text.charAt(2))
                && text.charAt(3) == ' ';
        if (!begins) {
            return error;
        }
        OptionalInt status = OptionalInt.of(Integer.parseInt(text, 0, 3, 10));
        return new RpcError(error.provider(), error.client(), error.method(), status, error.code(), text, error.data());
    }

    private static boolean isRevertData(@Nullable String data) {
        return data != null && data.length() >= SELECTOR && REVERT_SELECTORS.contains(data.substring(0, SELECTOR));
    }

    /** Without what a contract says after a node has said that it reverted. */
    private static List<String> untilRevert(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals("revert")) {
                return words.subList(0, i + 1);
            }
        }
        return words;
    }

    List<ErrorRule> rules() {
        return rules;
    }

    /** Read when first needed. */
    private static final class Standard {
        private static final ErrorClassifier CLASSIFIER = read();

        private static ErrorClassifier read() {
            List<ErrorRule> rules = new ArrayList<>();
            try {
                rules.addAll(resource("errors.tsv", ErrorRule.Origin.SEEN));
                rules.addAll(resource("phrases.tsv", ErrorRule.Origin.PHRASES));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new ErrorClassifier(rules);
        }

        private static List<ErrorRule> resource(String name, ErrorRule.Origin origin) throws IOException {
            try (InputStream in = ErrorClassifier.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("the jar lacks " + name);
                }
                return ErrorTable.read(new InputStreamReader(in, StandardCharsets.UTF_8), name, origin);
            }
        }
    }
}
