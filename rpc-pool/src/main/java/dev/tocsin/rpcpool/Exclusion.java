package dev.tocsin.rpcpool;

/** Why a node is not asked for a call as long as there is a better one. The milder ones first: if no node is left, the least bad is asked. */
public enum Exclusion {
    /** It works on as many calls as it may. */
    SATURATED,
    /** What it may be asked in a second, by its provider's plan or by what was learned, is used up. */
    OVER_BUDGET,
    /** Its newest block is too far behind that of the others. */
    BEHIND,
    /** It says that it has not caught up with the chain. */
    SYNCING,
    /** It has not answered a check yet, or failed too often in a row. */
    UNHEALTHY,
    /** Too many of its last calls failed by its fault; a few calls try it from time to time. */
    BROKEN,
    /** Its answers were other than those on which enough nodes agreed, several times in a row. */
    OUTVOTED,
    /** It does not have the block yet that the call is about. */
    LACKS_BLOCK,
    /** It does not keep data so old. */
    PRUNED,
    /** It has said that it does not offer the method. */
    METHOD_UNSUPPORTED,
    /** It limits us and has told for how long. */
    LIMITED,
    /** An operator has taken it out of use. Never asked. */
    CORDONED,
    /** It serves another chain. Never asked. */
    WRONG_CHAIN
}
