package dev.tocsin.rpcpool.error;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table: who says what, and what that means. A provider that is named weighs, but does not exclude others, who often use
 * the same words; a method that is named must be the one called. A rule without words needs all else that it names. A vague one of a method
 * needs its provider, or a text that has no other words; one of a number, such as {@code code: 1015}, needs its provider.
 */
record ErrorRule(
        Set<String> providers,
        @Nullable Integer httpStatus,
        Codes codes,
        @Nullable String method,
        Phrase phrase,
        ErrorClass errorClass,
        Origin origin,
        String row,
        Classification meaning) {

    private static final int PROVIDER = 8;
    private static final int STRANGER = 6; // for words that are nobody's own
    private static final int METHOD = 8;
    private static final int CODE = 4;
    private static final int HTTP = 3;
    private static final int FEW_WORDS = 6;
    private static final int CLEAR = 500; // what is vague decides only where nothing clear is said
    static final int NO = -1;

    /** Where a rule comes from: a user's wins, and of two that fit alike, what has been seen wins over what may be said. */
    enum Origin {
        PHRASES(0),
        SEEN(1),
        USER(1000);

        private final int weight;

        Origin(int weight) {
            this.weight = weight;
        }
    }

    /** Codes from one to another; any when from is greater. */
    record Codes(int from, int to) {
        static final Codes ANY = new Codes(1, 0);

        boolean isAny() {
            return from > to;
        }

        boolean holds(OptionalInt code) {
            return code.isPresent() && code.getAsInt() >= from && code.getAsInt() <= to;
        }
    }

    /** The most that {@link #fit} can say. */
    int mostFit() {
        return phrase.mostWeight()
                + (httpStatus != null ? HTTP : 0)
                + (codes.isAny() ? 0 : CODE)
                + (providers.isEmpty() ? STRANGER : PROVIDER)
                + ofRow();
    }

    /** How well it fits an error; {@link #NO} if it does not. */
    int fit(RpcError error, List<String> words, long bits) {
        if (!phrase.mayBeIn(bits) || (method != null && !method.equals(error.method()))) {
            return NO;
        }
        boolean http = httpStatus != null
                && error.httpStatus().isPresent()
                && error.httpStatus().getAsInt() == httpStatus;
        boolean code = !codes.isAny() && codes.holds(error.code());
        boolean provider = !providers.isEmpty() && (names(error.provider()) || names(error.client()));
        int weight = 0;
        if (phrase.isEmpty()) {
            if ((httpStatus != null && !http) || (!codes.isAny() && !code) || (!providers.isEmpty() && !provider)) {
                return NO;
            }
        } else if (!provider && isHidden(words)) {
            return NO;
        } else {
            weight = phrase.weightIn(words);
            if (weight == Phrase.NO) {
                return NO;
            }
        }
        return weight
                + (http ? HTTP : 0)
                + (code ? CODE : 0)
                + (provider ? PROVIDER : providers.isEmpty() ? STRANGER : 0)
                + ofRow();
    }

    /** What it weighs whatever the error. */
    private int ofRow() {
        return (method != null ? METHOD : 0) + origin.weight + (phrase.isVague() ? 0 : CLEAR);
    }

    /** Whether a text has too many words beside its own: those that say little must be nearly all, of one method all. */
    private boolean isHidden(List<String> words) {
        boolean isOfOneMethod = method != null && phrase.isVague();
        boolean isOthersNumber = !providers.isEmpty() && phrase.isNumber();
        return isOthersNumber
                || (phrase.isFaint() && words.size() > FEW_WORDS)
                || (isOfOneMethod && words.size() > phrase.length());
    }

    /** Whether it says what words mean of one method alone, and is no user's. */
    boolean isOfMethod() {
        return method != null && origin != Origin.USER;
    }

    /** Whether its words tell of a limit that has nothing to do with what is asked. */
    boolean isClearLimit() {
        return errorClass.action() == ErrorAction.COOL_DOWN && method == null && !phrase.isVague();
    }

    private boolean names(@Nullable String who) {
        if (who == null) {
            return false;
        }
        String lower = who.toLowerCase(Locale.ROOT);
        for (String label : providers) {
            if (lower.contains(label)) {
                return true;
            }
        }
        return false;
    }
}
