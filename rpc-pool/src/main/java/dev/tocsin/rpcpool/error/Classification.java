package dev.tocsin.rpcpool.error;

/**
 * What an error was found to be.
 *
 * @param errorClass its class
 * @param rule the row of the table that decided, for people; empty if none did
 * @param isKnown whether a row decided, and not by a code or status that says no more than that something went wrong; else the class is
 *     {@link ErrorClass#NODE_ERROR}, which costs a retry
 */
public record Classification(ErrorClass errorClass, String rule, boolean isKnown) {

    /**
     * What a pool does about it.
     *
     * @return the class's action
     */
    public ErrorAction action() {
        return errorClass.action();
    }
}
