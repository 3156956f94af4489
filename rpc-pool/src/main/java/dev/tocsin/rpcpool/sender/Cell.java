package dev.tocsin.rpcpool.sender;

import java.util.function.UnaryOperator;

/** A piece of text that is replaced as a whole, by one at a time. Its {@code toString} tells people where it is. */
interface Cell {
    /** Gives the present text (empty at first) and keeps what comes back, durably once this returns; the same text is not written again. */
    void update(UnaryOperator<String> change);
}
