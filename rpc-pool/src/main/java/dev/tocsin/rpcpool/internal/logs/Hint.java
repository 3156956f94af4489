package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome.Rejected;
import java.util.Locale;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a refusal says about the limit that it stands for. Of a number that was misread the next refusal tells: what is not smaller than
 * what was refused is never believed.
 *
 * @param blocks for how many blocks one may ask; 0 if it does not say
 * @param results how many logs an answer may have; 0 if it does not say
 * @param alternatives how many may stand at one position; 0 if it does not say
 */
record Hint(long blocks, long results, long alternatives) {

    private static final int MOST_CHARS = 1000;
    private static final long MOST_RESULTS = 1_000_000; // above it is bytes

    private static final String END = "(0x[0-9a-f]{1,15}|[0-9]{1,15})";
    /** "this block range should work: [0x1, 0x2]", "retry with the range 1-2", "a range of 0 - 2000". */
    private static final Pattern RANGE =
            Pattern.compile("range[^0-9]{0,30}?" + END + "\\s?(?:,|-|\\.\\.|to|and)\\s?" + END);
    /** Infura's data: {"from":"0x1","limit":10000,"to":"0x2"}. */
    private static final Pattern FROM = Pattern.compile("\"from\"\\s?:\\s?\"" + END);

    private static final Pattern TO = Pattern.compile("\"to\"\\s?:\\s?\"" + END);

    /** A number with its thousands set off or cut off, not part of a word, no time and no size. */
    private static final String NUMBER =
            "(?<![\\w.-])(?>([0-9]{1,3}(?:[,_'][0-9]{3})+|[0-9]{1,15})(?:\\s?([km])\\b)?)(?!\\w)"
                    + "(?!\\s?(?:ms|milli\\w*|s|secs?|seconds?|min|minutes?|bytes?|[kmg]i?b|%)\\b)";

    private static final Pattern ANY_NUMBER = Pattern.compile(NUMBER);
    private static final Pattern BLOCKS = Pattern.compile(NUMBER + "[ -]?blocks?\\b");
    private static final Pattern LOGS = Pattern.compile(NUMBER + "\\s?(?:results?|logs?|entries|events?)\\b");
    private static final Pattern MOST_LOGS =
            Pattern.compile("(?:results?|logs?|limit)\\b[^0-9]{0,20}?" + NUMBER + "(?![ -]?blocks?\\b)");

    static Hint of(Rejected refusal, LogsFilter asked, int alternatives) {
        String all = refusal.data() == null ? refusal.message() : refusal.message() + " " + refusal.data();
        String text = all.substring(0, Math.min(all.length(), MOST_CHARS)).toLowerCase(Locale.ROOT);
        return switch (refusal.errorClass()) {
            case RANGE_TOO_LARGE -> {
                long suggested = suggested(text, asked);
                yield new Hint(suggested > 0 ? suggested : blocks(text, asked), 0, 0);
            }
            case RESULT_TOO_LARGE -> {
                long suggested = suggested(text, asked);
                long named = largest(BLOCKS, text, number -> number < asked.blocks());
                yield new Hint(suggested > 0 ? suggested : named, results(text), 0);
            }
            case ADDRESSES_TOO_LARGE -> new Hint(0, 0, largest(ANY_NUMBER, text, number -> number < alternatives));
            default -> new Hint(0, 0, 0);
        };
    }

    /** Whether a number is known, not only that it was too much. */
    boolean isKnown() {
        return blocks > 0 || results > 0 || alternatives > 0;
    }

    /** The size of a range that the node itself says would do; 0 if there is none. */
    private static long suggested(String text, LogsFilter asked) {
        Matcher pair = RANGE.matcher(text);
        while (pair.find()) {
            long size = size(pair.group(1), pair.group(2), asked);
            if (size > 0) {
                return size;
            }
        }
        Matcher from = FROM.matcher(text);
        Matcher to = TO.matcher(text);
        return from.find() && to.find() ? size(from.group(1), to.group(1), asked) : 0;
    }

    private static long size(String first, String last, LogsFilter asked) {
        long a = end(first);
        long b = end(last);
        boolean isCount = first.equals("0"); // "0 - 2000" are no blocks but how many
        long size = isCount ? b : b - a + 1;
        boolean isWithin = isCount || (a >= asked.from() && b <= asked.to());
        return isWithin && size < asked.blocks() ? Math.max(0, size) : 0;
    }

    /** The largest number that can be the limit: less than was asked for, and not one of the ends. */
    private static long blocks(String text, LogsFilter asked) {
        long most = asked.blocks() - 1; // as some count what was asked for
        LongPredicate isNoEnd = number -> number != asked.from() && number != asked.to();
        long found = largest(ANY_NUMBER, text, number -> number < most && isNoEnd.test(number));
        return found > 0 ? found : largest(ANY_NUMBER, text, number -> number == most && isNoEnd.test(number));
    }

    private static long results(String text) {
        long found = largest(LOGS, text, number -> number <= MOST_RESULTS);
        return found > 0 ? found : largest(MOST_LOGS, text, number -> number <= MOST_RESULTS);
    }

    private static long largest(Pattern pattern, String text, LongPredicate isPossible) {
        long largest = 0;
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            long number = Long.parseLong(matcher.group(1).replaceAll("[,_']", ""));
            String unit = matcher.group(2);
            long value = unit == null ? number : number * (unit.equals("k") ? 1000 : 1_000_000);
            if (value > largest && isPossible.test(value)) {
                largest = value;
            }
        }
        return largest;
    }

    private static long end(String text) {
        return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
