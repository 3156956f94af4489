package dev.tocsin.rpcpool.sender;

/** Why a request was refused before anything was signed. */
public enum Limit {
    /** It carries more than {@link TransactionSenderBuilder#maxValue}. */
    VALUE,
    /** It and what was spent or is reserved today are more than the {@link SpendingLimits} allow. */
    DAILY,
    /** Its target, or the one who gets the tokens, is denied or not on the list of those allowed. */
    TARGET,
    /** The token is denied or not on the list of those allowed, or the call to it is not understood. */
    TOKEN,
    /** It moves or approves more of a token than {@link TransactionSenderBuilder#maxTokenAmount}. */
    TOKEN_AMOUNT,
    /** As many requests are pending as {@link TransactionSenderBuilder#maxPending} allows. */
    PENDING,
    /** The chain's price for gas is above {@link TransactionSenderBuilder#maxFee}. */
    FEE,
    /** It needs more gas than {@link TransactionSenderBuilder#maxGas}. */
    GAS,
    /** The account has not enough for it, as the nodes say in the simulation. */
    FUNDS
}
