package dev.tocsin.rpcpool.error;

/** What an error of a node means, whatever words the node found for it. */
public enum ErrorClass {
    /** The range of blocks is larger than the node allows. */
    RANGE_TOO_LARGE(ErrorAction.SPLIT),
    /** The answer would be larger than the node allows. */
    RESULT_TOO_LARGE(ErrorAction.SPLIT),
    /** More addresses or topics than the node allows. */
    ADDRESSES_TOO_LARGE(ErrorAction.SPLIT),
    /** More calls in a batch than the node allows. */
    BATCH_TOO_LARGE(ErrorAction.SPLIT),
    /** The request itself is too large. */
    REQUEST_TOO_LARGE(ErrorAction.SPLIT),

    /** Too many requests just now. */
    RATE_LIMITED(ErrorAction.COOL_DOWN),
    /** The day's or the month's allowance is used up. */
    QUOTA_EXHAUSTED(ErrorAction.COOL_DOWN),
    /** The node has too much to do just now. */
    NODE_OVERLOADED(ErrorAction.COOL_DOWN),
    /** Too much on one WebSocket connection. */
    WS_LIMIT(ErrorAction.COOL_DOWN),
    /** Too many transactions of this sender; every node shares the sequencer. */
    SENDER_RATE_LIMITED(ErrorAction.BACK_OFF),

    /** The node does not have the block, state, transaction or receipt, or no longer. */
    MISSING_DATA(ErrorAction.ASK_ANOTHER),
    /** The node has not reached the block yet. */
    FUTURE_BLOCK(ErrorAction.ASK_ANOTHER),
    /** The node does not know the tag, such as {@code finalized} or {@code pending}. */
    BLOCK_TAG_UNSUPPORTED(ErrorAction.ASK_ANOTHER),
    /** The node does not offer the method. */
    METHOD_UNSUPPORTED(ErrorAction.BAN_METHOD),
    /** The account's plan does not include it. */
    PLAN_RESTRICTED(ErrorAction.BAN_METHOD),

    /** The key is missing, wrong or switched off. */
    UNAUTHORIZED(ErrorAction.TAKE_OUT),
    /** The node serves another chain. */
    CHAIN_MISMATCH(ErrorAction.TAKE_OUT),
    /** The node has not caught up with the chain. */
    NODE_SYNCING(ErrorAction.TAKE_OUT),

    /** The node, or what stands before it, is broken. */
    NODE_ERROR(ErrorAction.FAIL_OVER),
    /** The node did not answer in its own time. */
    NODE_TIMEOUT(ErrorAction.FAIL_OVER),
    /** What came is not JSON-RPC. */
    PROTOCOL_ERROR(ErrorAction.FAIL_OVER),
    /** The request did not leave. */
    TRANSPORT_NOT_SENT(ErrorAction.FAIL_OVER),
    /** The request may have been taken; for a read that is a failure of the node, for a transaction it must be verified. */
    TRANSPORT_MAYBE_SENT(ErrorAction.VERIFY),
    /** The execution took longer than the node allows. */
    EXEC_TIMEOUT(ErrorAction.ASK_ONE_OTHER),

    /** The account's next nonce is higher: mined, replaced, or another's. */
    NONCE_TOO_LOW(ErrorAction.VERIFY),
    /** The nonce is wrong, the node does not say in which way. */
    NONCE_AMBIGUOUS(ErrorAction.VERIFY),
    /** The transaction is in a block. */
    ALREADY_MINED(ErrorAction.VERIFY),
    /** A relay failed without a word of what it did. */
    RELAY_UNKNOWN_STATE(ErrorAction.VERIFY),
    /** The transaction was taken, its receipt was not seen in time. */
    SENT_PENDING(ErrorAction.VERIFY),
    /** The node has the transaction. */
    ALREADY_KNOWN(ErrorAction.SUCCESS),

    /** Another transaction with the nonce took its place. */
    REPLACED(ErrorAction.RAISE_FEE),
    /** It does not pay enough more than the transaction that it should replace. */
    REPLACEMENT_UNDERPRICED(ErrorAction.RAISE_FEE),
    /** It pays less than the node asks. */
    UNDERPRICED(ErrorAction.RAISE_FEE),
    /** It pays less than the block's base fee. */
    FEE_BELOW_BASE(ErrorAction.RAISE_FEE),

    /** It pays more than the node lets anybody pay. */
    FEE_CAP_EXCEEDED(ErrorAction.TRY_OTHERS),
    /** The node's policy refuses the transaction or its sender. */
    TX_POLICY_REJECTED(ErrorAction.TRY_OTHERS),
    /** The node's pool has no room. */
    POOL_FULL(ErrorAction.TRY_OTHERS),
    /** The nonce leaves a gap. */
    NONCE_TOO_HIGH(ErrorAction.TRY_OTHERS),
    /** The node does not take this type of transaction. */
    TX_TYPE_UNSUPPORTED(ErrorAction.TRY_OTHERS),

    /** The sender cannot pay; final, asked once more if the node is behind. */
    INSUFFICIENT_FUNDS(ErrorAction.FAIL),
    /** The contract reverted. */
    EXECUTION_REVERTED(ErrorAction.FAIL),
    /** The execution failed otherwise: out of gas, an invalid opcode. */
    EXECUTION_FAILED(ErrorAction.FAIL),
    /** A simulation ({@code eth_simulateV1}) failed. */
    SIMULATION_FAILED(ErrorAction.FAIL),
    /** No node takes such a transaction. */
    TX_INVALID(ErrorAction.FAIL),
    /** The request is wrong. */
    CLIENT_ERROR(ErrorAction.FAIL),

    /** One call of a batch spoilt the others. */
    BATCH_ITEM_INVALID(ErrorAction.SEND_SINGLY),
    /** The node has forgotten the filter or subscription. */
    FILTER_LOST(ErrorAction.RECREATE);

    private final ErrorAction action;

    ErrorClass(ErrorAction action) {
        this.action = action;
    }

    /**
     * What a pool does about it.
     *
     * @return the action
     */
    public ErrorAction action() {
        return action;
    }
}
