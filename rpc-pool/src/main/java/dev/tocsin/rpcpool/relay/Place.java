package dev.tocsin.rpcpool.relay;

/** Where the chain has a transaction. */
sealed interface Place {

    /** In that block. */
    record Ours(long block) implements Place {}

    /** Another transaction has its nonce. */
    record Taken() implements Place {}

    /** In no block up to that head: its nonce is unused there. */
    record Free(long head) implements Place {}

    /** The pool cannot tell just now. */
    record Open(String cause) implements Place {}
}
