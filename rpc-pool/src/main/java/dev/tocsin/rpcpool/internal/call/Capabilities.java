package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.MethodHints;
import dev.tocsin.rpcpool.internal.node.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which methods nodes offer, learned from what they say: a method is available, not available, or unknown. One refusal that says so makes an
 * unknown method unavailable for a while (a {@link Ban}). One that the node has served is doubted only after three refusals in a row: the
 * first may be about a parameter. A plan that excludes old states excludes the method for those alone. Of a method that a node has not been
 * asked for, what is known of its client and its provider counts ({@link MethodHints}).
 */
public final class Capabilities implements Gate, EachCall {

    private static final int MOST_METHODS = 256; // of a node
    private static final int ENOUGH_REFUSALS = 3; // of what it has served

    private final HintedMethods hinted;
    private final Map<Node, Map<String, Capability>> byNode = new ConcurrentHashMap<>();

    /** Nothing is learned yet. */
    public Capabilities(MethodHints hints) {
        hinted = new HintedMethods(hints);
    }

    /**
     * What is known of a method at a node.
     *
     * @param refusals in a row, of what it has served before
     * @param whole set if it is not available
     * @param archive set if it is not available for old states
     */
    private record Capability(
            boolean isAvailable,
            int refusals,
            @Nullable Ban whole,
            @Nullable Ban archive) {

        static final Capability AVAILABLE = new Capability(true, 0, null, null);
        static final Capability UNKNOWN = new Capability(false, 0, null, null);

        Capability served(boolean ofArchive) {
            return archive == null || ofArchive ? AVAILABLE : new Capability(true, 0, null, archive);
        }

        /** Whether {@link #served} would change nothing. */
        boolean isPlain(boolean ofArchive) {
            return isAvailable && refusals == 0 && whole == null && (archive == null || !ofArchive);
        }

        Capability refusedForArchive(long now) {
            return new Capability(isAvailable, refusals, whole, again(archive, now));
        }

        Capability refused(long now) {
            return isAvailable && refusals + 1 < ENOUGH_REFUSALS
                    ? new Capability(true, refusals + 1, whole, archive)
                    : new Capability(false, 0, again(whole, now), archive);
        }

        private static Ban again(@Nullable Ban ban, long now) {
            return ban == null ? new Ban(now) : ban.refusedAgain(now);
        }
    }

    @Override
    public @Nullable Exclusion against(Node node, Asked asked, long now) {
        Map<String, Capability> methods = byNode.get(node);
        Exclusion reason = null;
        List<RpcCall> calls = asked.each();
        for (int i = 0; i < calls.size(); i++) {
            String method = calls.get(i).method();
            Capability known = methods == null ? null : methods.get(method);
            if (known == null) {
                reason = isUnlikely(node, method, now) ? Exclusion.METHOD_UNLIKELY : reason;
            } else if (isUnavailable(known, node, asked, i, now)) {
                return Exclusion.METHOD_UNSUPPORTED;
            }
        }
        return reason;
    }

    private boolean isUnlikely(Node node, String method, long now) {
        Ban ban = hinted.ban(node, method, now);
        return ban != null && ban.keepsAway(now);
    }

    private static boolean isUnavailable(Capability known, Node node, Asked asked, int index, long now) {
        Ban whole = known.whole;
        Ban archive = known.archive;
        return (whole != null && whole.keepsAway(now))
                || (archive != null && isForArchives(node, asked, index) && archive.keepsAway(now));
    }

    @Override
    public void began(Node node, Asked asked, long now) {
        Map<String, Capability> methods = byNode.get(node);
        List<RpcCall> calls = asked.each();
        for (int i = 0; i < calls.size(); i++) {
            String method = calls.get(i).method();
            Capability known = methods == null ? null : methods.get(method);
            Ban whole = known == null ? hinted.ban(node, method, now) : known.whole;
            if (whole != null) {
                whole.tried(now);
            }
            if (known != null && known.archive != null && isForArchives(node, asked, i)) {
                known.archive.tried(now);
            }
        }
    }

    private static boolean isForArchives(Node node, Asked asked, int index) {
        return asked.reaches().get(index).isForArchives(node.headOr(-1));
    }

    @Override
    public void told(Node node, Asked asked, int index, CallOutcome outcome, long now) {
        switch (outcome) {
            case CallOutcome.Answered answered -> served(node, asked, index);
            case CallOutcome.Rejected rejected -> refused(node, asked, index, rejected.errorClass(), now);
        }
    }

    private void refused(Node node, Asked asked, int index, ErrorClass error, long now) {
        if (error.action() == ErrorAction.BAN_METHOD) {
            boolean ofArchive = error == ErrorClass.PLAN_RESTRICTED && isForArchives(node, asked, index);
            methods(node, asked, index).compute(method(asked, index), (method, before) -> {
                Capability known = before == null ? Capability.UNKNOWN : before;
                return ofArchive ? known.refusedForArchive(now) : known.refused(now);
            });
        } else if (error == ErrorClass.EXECUTION_REVERTED || error == ErrorClass.EXECUTION_FAILED) {
            served(node, asked, index);
        }
    }

    private void served(Node node, Asked asked, int index) {
        Map<String, Capability> methods = byNode.get(node);
        Capability known = methods == null ? null : methods.get(method(asked, index));
        boolean ofArchive = known != null && known.archive != null && isForArchives(node, asked, index);
        if (known == null || !known.isPlain(ofArchive)) {
            methods(node, asked, index)
                    .compute(
                            method(asked, index),
                            (method, before) -> before == null ? Capability.AVAILABLE : before.served(ofArchive));
        }
    }

    private static String method(Asked asked, int index) {
        return asked.each().get(index).method();
    }

    /** With room for the method: what is forgotten for it costs one refusal more. Of a node that is gone nothing is kept. */
    private Map<String, Capability> methods(Node node, Asked asked, int index) {
        Map<String, Capability> methods =
                byNode.computeIfAbsent(node, one -> one.isGone() ? null : new ConcurrentHashMap<>());
        if (methods == null) {
            return new ConcurrentHashMap<>();
        }
        if (methods.size() >= MOST_METHODS && !methods.containsKey(method(asked, index))) {
            String some = methods.keySet().iterator().next();
            methods.remove(some);
        }
        return methods;
    }

    /** It is gone. */
    public void forget(Node node) {
        byNode.remove(node);
        hinted.forget(node);
    }
}
