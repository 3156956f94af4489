package dev.tocsin.rpcpool.error;

import java.util.Locale;

/** What a pool does about an error. */
public enum ErrorAction {
    /** Ask for less at a time, of the same node, and remember its limit. The node is not at fault. */
    SPLIT("asks the same node for less at a time, and remembers its limit"),
    /** Leave the node alone for as long as it says, and ask another. The node is not at fault. */
    COOL_DOWN("leaves the node alone for as long as it says, and asks another"),
    /** Wait before anything more is sent for this sender: every node stands before the same gate. */
    BACK_OFF("waits; every node would say the same of this sender"),
    /** Ask another node that has the data. The node is not at fault. */
    ASK_ANOTHER("asks another node, one that has the data"),
    /** Do not ask this node for this method for some minutes, and ask another. */
    BAN_METHOD("asks another node, and does not ask this one for the method for some minutes"),
    /** Take the node out of use until a check finds it mended, and ask another. */
    TAKE_OUT("takes the node out of use until a check finds it mended, and asks another"),
    /** Ask another node, and count it against this one. */
    FAIL_OVER("asks another node, and counts it against this one"),
    /** Ask one other node, and count it against none. */
    ASK_ONE_OTHER("asks one other node, and counts it against none"),
    /** The transaction may be on its way: look for its hash before anything is said. */
    VERIFY("looks for the transaction's hash before anything is said"),
    /** The transaction is known: that is success. */
    SUCCESS("takes it as success: the transaction is known"),
    /** Look for the hash; if it is nowhere, the fee must change before it is sent again. */
    RAISE_FEE("looks for the transaction's hash; if it is nowhere, the fee must be raised"),
    /** A policy of this node: try the others, then say so. */
    TRY_OTHERS("tries the other nodes, whose policy may differ, then fails"),
    /** Any node says the same: the call fails. */
    FAIL("fails the call: any node would say the same"),
    /** Send the calls of the batch one by one. */
    SEND_SINGLY("sends the calls of the batch one by one"),
    /** Make the filter or subscription again and fill the gap. */
    RECREATE("makes the filter again and fills the gap");

    private final String words;

    ErrorAction(String words) {
        this.words = words;
    }

    /**
     * The action's name as commands print it.
     *
     * @return lower case with hyphens, such as {@code cool-down}
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The action as a sentence whose subject is the pool.
     *
     * @return such as "asks another node, and counts it against this one"
     */
    public String words() {
        return words;
    }
}
