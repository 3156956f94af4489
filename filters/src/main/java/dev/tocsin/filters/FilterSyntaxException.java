package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

/**
 * A text given to this module (an event signature, a condition) does not say what it must. The message has all of it in one line:
 * what the text is of, the text, the column, what was found there, what was expected and a hint.
 */
public final class FilterSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** What the text is. */
    private final String subject;

    /** The whole text. */
    private final String text;

    /** Where reading stopped, from 1. */
    private final int column;

    /** What stands there. */
    private final String found;

    /** What could have stood there. */
    private final String expected;

    /** What to do about it, or empty. */
    private final String hint;

    FilterSyntaxException(String subject, String text, int column, String found, String expected, String hint) {
        super(subject + " \"" + text + "\", column " + column + ": found " + found + ", expected " + expected
                + (hint.isEmpty() ? "" : "; " + hint));
        this.subject = requireNonNull(subject, "subject");
        this.text = requireNonNull(text, "text");
        this.column = column;
        this.found = requireNonNull(found, "found");
        this.expected = requireNonNull(expected, "expected");
        this.hint = hint;
    }

    /** The same finding with a more exact subject. */
    FilterSyntaxException of(String moreExactSubject) {
        FilterSyntaxException exact = new FilterSyntaxException(moreExactSubject, text, column, found, expected, hint);
        exact.initCause(this);
        return exact;
    }

    /**
     * What the text is: {@code condition of rule whale}, {@code event signature}.
     *
     * @return the subject
     */
    public String subject() {
        return subject;
    }

    /**
     * The whole text that was read.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    /**
     * Where reading stopped.
     *
     * @return the column of the first character that does not fit, from 1; one more than the text's length if the text ends too early
     */
    public int column() {
        return column;
    }

    /**
     * What stands at the column.
     *
     * @return what was found, for people
     */
    public String found() {
        return found;
    }

    /**
     * What could have stood there.
     *
     * @return what was expected, for people
     */
    public String expected() {
        return expected;
    }

    /**
     * What to do about it.
     *
     * @return the hint; empty if there is none
     */
    public String hint() {
        return hint;
    }
}
