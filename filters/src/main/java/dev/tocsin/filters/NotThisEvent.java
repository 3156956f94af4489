package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

/**
 * The log is not of the decoder's event. That is no failure: the four-topic {@code Transfer} of an ERC-721 token has the same first
 * topic as the three-topic one of an ERC-20 token.
 *
 * @param why the first thing that did not fit, for people
 */
public record NotThisEvent(String why) implements Decoded {
    /**
     * Makes the answer.
     *
     * @throws NullPointerException if {@code why} is null
     */
    public NotThisEvent {
        requireNonNull(why, "why");
    }
}
