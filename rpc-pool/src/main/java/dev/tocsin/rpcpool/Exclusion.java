package dev.tocsin.rpcpool;

/** Why a node is not asked for a call as long as there is a better one. The milder ones first: if no node is left, the least bad is asked. */
public enum Exclusion {
    /** It works on as many calls as it may. */
    SATURATED("works on as many calls as it may"),
    /** What it may be asked in a second, by its provider's plan or by what was learned, is used up. */
    OVER_BUDGET("has been asked as much as its budget allows just now"),
    /** It takes much longer than the others; copies of calls try it from time to time. */
    SLOW("takes much longer than the others"),
    /** Its newest block is too far behind that of the others. */
    BEHIND("is too far behind the others"),
    /** It says that it has not caught up with the chain. */
    SYNCING("says that it has not caught up with the chain"),
    /** It does not give so many blocks or logs at once by {@code eth_getLogs}; another does. */
    LOGS_LIMITED("does not give so many blocks or logs at once"),
    /** It has not passed a check yet. */
    UNCHECKED("has not passed a check yet"),
    /** It failed too often in a row, or said that it does not serve at all. */
    UNHEALTHY("failed too often in a row"),
    /** Too many of its last calls failed by its fault; a few calls try it from time to time. */
    BROKEN("failed too many of its last calls"),
    /** Its answers were other than those on which enough nodes agreed, several times in a row. */
    OUTVOTED("was outvoted several times in a row"),
    /** It does not have the block yet that the call is about. */
    LACKS_BLOCK("does not have the block yet"),
    /** It does not keep data so old. */
    PRUNED("does not keep data so old"),
    /** Its client or its provider is known not to offer the method; it has not been asked itself lately. */
    METHOD_UNLIKELY("is of a client or a provider that does not offer the method"),
    /** It has said that it does not offer the method. */
    METHOD_UNSUPPORTED("has said that it does not offer the method"),
    /** It limits us. If it has told for how long, it is never asked before. */
    LIMITED("limits us"),
    /** An operator has taken it out of use. Never asked. */
    CORDONED("was taken out of use"),
    /** It serves another chain. Never asked. */
    WRONG_CHAIN("serves another chain");

    private final String words;

    Exclusion(String words) {
        this.words = words;
    }

    /**
     * The reason as a sentence whose subject is the node.
     *
     * @return such as "limits us"
     */
    public String words() {
        return words;
    }
}
