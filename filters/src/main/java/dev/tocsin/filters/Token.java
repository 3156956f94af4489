package dev.tocsin.filters;

/**
 * A piece of text.
 *
 * @param column where it begins, from 1
 */
record Token(Kind kind, String text, int column) {
    enum Kind {
        /** Letters, digits, {@code _}, {@code $} and {@code .}, not beginning with a digit. */
        WORD,
        /** Begins with a digit, or with {@code -} and a digit. */
        NUMBER,
        /** In double quotes; the text is without them. */
        QUOTED,
        /** Anything else: one sign, or a comparison. */
        SIGN,
        END
    }

    String described() {
        return switch (kind) {
            case END -> "the end";
            case QUOTED -> "the text \"" + text + "\"";
            case WORD, NUMBER, SIGN -> "'" + text + "'";
        };
    }
}
