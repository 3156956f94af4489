package dev.tocsin.rpcpool.sender;

import java.util.Optional;
import java.util.Set;

/** What a sender asks the chain. Throws {@link dev.tocsin.rpcpool.RpcException} where there is no answer. */
interface Chain {
    long chainId();

    Fees fees() throws InterruptedException;

    /** Executes the call without sending it, in the newest block or in that of the given number. */
    Trial simulate(String from, TransactionRequest request, Optional<Long> block) throws InterruptedException;

    /** How much gas the call takes. */
    Trial estimate(String from, TransactionRequest request) throws InterruptedException;

    /** The newest block's number, or with the tag {@code finalized} that of the newest final one. */
    long height(String tag) throws InterruptedException;

    /** The account's next nonce after a block, a number in hexadecimal or a tag. */
    long nonce(String address, String block) throws InterruptedException;

    Optional<TransactionReceipt> receipt(String hash) throws InterruptedException;

    /** The receipt of the one of them that a block has; the nodes do not hear the hashes. */
    Optional<TransactionReceipt> receipt(long block, Set<String> hashes) throws InterruptedException;

    /** The hash of the chain's block of that number. */
    Optional<String> blockHash(long number) throws InterruptedException;

    /** What an execution would do. */
    sealed interface Trial {
        record Passed(long gas) implements Trial {}

        record Reverts(String reason) implements Trial {}

        record NoFunds(String message) implements Trial {}
    }
}
