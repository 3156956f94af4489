package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.send.Sending;
import java.util.Collections;
import java.util.Map;

/**
 * What became of a transaction that was sent to all nodes at once: one outcome, settled when the report is handed out, and what each node
 * said, which goes on growing until all have answered. Safe for use by many threads.
 */
public final class BroadcastReport {

    private final Sending.Broadcast broadcast;

    BroadcastReport(Sending.Broadcast broadcast) {
        this.broadcast = broadcast;
    }

    /**
     * The verdict. Does not change any more.
     *
     * @return success as soon as one healthy node had taken it; what only others have taken, which are behind, sync or are {@linkplain
     *     RpcPoolBuilder#sendOnly send-only}, is looked for by its hash
     */
    public SendOutcome outcome() {
        return broadcast.outcome();
    }

    /**
     * What each node of the pool has said until now. One that has not answered yet is {@link SendOutcome.Unknown}, one that was not
     * asked, since it is not in use, {@link SendOutcome.Rejected}.
     *
     * @return a copy, by node name
     */
    public Map<String, SendOutcome> answers() {
        return Collections.unmodifiableMap(broadcast.answers().snapshot());
    }

    /**
     * Whether every node that was asked has answered, or was given up.
     *
     * @return true if {@link #answers} does not change any more
     */
    public boolean isComplete() {
        return broadcast.answers().isComplete();
    }

    /**
     * Waits until the report is complete: at most 5 s from the broadcast on, sooner if the pool closes.
     *
     * @return this
     * @throws InterruptedException if interrupted; the nodes' answers go on coming in
     */
    public BroadcastReport awaitAll() throws InterruptedException {
        broadcast.answers().awaitAll(broadcast.mostNanos());
        return this;
    }

    @Override
    public String toString() {
        return "BroadcastReport[" + broadcast.outcome() + ", "
                + broadcast.answers().snapshot() + "]";
    }
}
