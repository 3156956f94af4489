package dev.tocsin.rpcpool.sender;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Sends of many threads at once. */
public final class AtOnce {

    private AtOnce() {}

    /** Each request by a thread of its own; what became of them, in their order. */
    public static List<TransactionOutcome> send(
            TransactionSender sender, int count, IntFunction<TransactionRequest> requests) throws Exception {
        List<Callable<TransactionOutcome>> sends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TransactionRequest request = requests.apply(i);
            sends.add(() -> sender.send(request));
        }
        List<TransactionOutcome> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<TransactionOutcome> outcome : threads.invokeAll(sends)) {
                outcomes.add(outcome.get());
            }
        }
        return outcomes;
    }
}
