package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcCaller;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The filters of {@code eth_newFilter} and its like, kept here instead of on a node, since the next poll may be answered by another. Holds
 * the newest 1000; an older one is forgotten, as a node forgets what nobody polls. Safe for use by many threads.
 */
final class Filters {

    private static final int MOST = 1000;
    private static final String PENDING = "eth_newPendingTransactionFilter";
    private static final Set<String> METHODS = Set.of(
            "eth_newFilter",
            "eth_newBlockFilter",
            PENDING,
            "eth_getFilterChanges",
            "eth_getFilterLogs",
            "eth_uninstallFilter");
    /** In the words of geth, at which web3j installs the filter anew. */
    private static final Answer NOT_FOUND = new Refusal(-32000, "filter not found");

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final RpcCaller caller;
    private final ReentrantLock lock = new ReentrantLock(); // guards the fields below
    private final Map<String, Filter> filters = new LinkedHashMap<>(); // guarded by lock
    private long nextId = 1; // guarded by lock

    Filters(RpcCaller caller) {
        this.caller = caller;
    }

    /** What is answered. */
    sealed interface Answer {}

    record Result(String json) implements Answer {}

    record Refusal(int code, String message) implements Answer {}

    /** A filter; the flag keeps a second poll out while one is under way. */
    private record Filter(ChainFeed feed, @Nullable Object query, AtomicBoolean isPolled) {}

    boolean handles(String method) {
        return METHODS.contains(method);
    }

    /** The result as JSON, as a node would give it, or the error. */
    Answer answer(RpcCall call) throws InterruptedException {
        return switch (call.method()) {
            case "eth_newFilter" -> {
                Object query = first(call);
                yield new Result(install(ChainFeed.Selection.logs(query), query == null ? Map.of() : query));
            }
            case "eth_newBlockFilter" -> new Result(install(ChainFeed.Selection.hashes(), null));
            case PENDING -> new Refusal(-32601, "over a pool there are filters for logs and blocks only");
            case "eth_uninstallFilter" -> new Result(Boolean.toString(uninstall(first(call))));
            case "eth_getFilterLogs" -> logs(call);
            default -> changes(call);
        };
    }

    private String install(ChainFeed.Selection selection, @Nullable Object query) throws InterruptedException {
        ChainFeed feed = new ChainFeed(caller, selection);
        feed.start();
        lock.lock();
        try {
            String id = Hex.quantity(nextId++);
            filters.put(id, new Filter(feed, query, new AtomicBoolean()));
            if (filters.size() > MOST) {
                Iterator<String> eldest = filters.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
            return '"' + id + '"';
        } finally {
            lock.unlock();
        }
    }

    private boolean uninstall(@Nullable Object id) {
        lock.lock();
        try {
            return filters.remove(String.valueOf(id)) != null;
        } finally {
            lock.unlock();
        }
    }

    private Answer logs(RpcCall call) throws InterruptedException {
        Filter filter = find(call);
        if (filter == null || filter.query() == null) {
            return NOT_FOUND;
        }
        return new Result(caller.call("eth_getLogs", filter.query()).json());
    }

    private Answer changes(RpcCall call) throws InterruptedException {
        Filter filter = find(call);
        if (filter == null) {
            return NOT_FOUND;
        }
        if (!filter.isPolled().compareAndSet(false, true)) {
            return new Result("[]");
        }
        try {
            List<JsonNode> news = filter.feed().poll();
            return new Result(MAPPER.createArrayNode().addAll(news).toString());
        } finally {
            filter.isPolled().set(false);
        }
    }

    private @Nullable Filter find(RpcCall call) {
        lock.lock();
        try {
            return filters.get(String.valueOf(first(call)));
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Object first(RpcCall call) {
        return call.params().isEmpty() ? null : call.params().getFirst();
    }
}
