package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a pool, primaries first, else in the order in which they came. Those that are only sent transactions are kept apart, so that
 * nobody takes their word on the chain. Safe for use by many threads.
 */
public final class Nodes {

    private final ReentrantLock lock = new ReentrantLock(); // for those who change them
    private volatile List<Node> all;
    private volatile List<Node> sendOnly;
    private volatile boolean hasArchives;

    public Nodes(List<Node> all) {
        this.all = all.stream().filter(node -> !isSendOnly(node)).toList();
        this.sendOnly = all.stream().filter(Nodes::isSendOnly).toList();
        this.hasArchives = this.all.stream().anyMatch(Node::isArchive);
    }

    /** Those that are asked for calls; a snapshot. */
    public List<Node> all() {
        return all;
    }

    /** Whether one of these has every state, by the operator's word; the others are then taken to have the newest alone. */
    public boolean hasArchives() {
        return hasArchives;
    }

    /** Those that are only sent transactions; a snapshot. */
    public List<Node> sendOnly() {
        return sendOnly;
    }

    /** Both, the send-only ones last; a snapshot. */
    public List<Node> withSendOnly() {
        return Stream.concat(all.stream(), sendOnly.stream()).toList();
    }

    private static boolean isSendOnly(Node node) {
        return node.tier() == Tier.SEND_ONLY;
    }

    /** The one of this name; null if there is none. */
    public @Nullable Node named(@Nullable String name) {
        Node node = named(name, all);
        return node == null ? named(name, sendOnly) : node;
    }

    /** The newest block that the one of this name has told of; -1 if it has told of none, or there is no such node. */
    public long headOf(String name) {
        Node node = named(name);
        return node == null ? -1 : node.headOr(-1);
    }

    private static @Nullable Node named(@Nullable String name, List<Node> nodes) {
        for (Node node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }

    /** What the one of this name runs on; empty if that is not known, or there is none. */
    public Optional<String> client(String name) {
        Node node = named(name);
        return node == null ? Optional.empty() : node.client();
    }

    /** Adds the node that is made, by one caller at a time. */
    public Node add(Supplier<Node> making) {
        lock.lock();
        try {
            Node node = making.get();
            List<Node> more = new ArrayList<>(isSendOnly(node) ? sendOnly : all);
            more.add(node);
            more.sort(Comparator.comparing(Node::tier));
            keep(node, more);
            return node;
        } finally {
            lock.unlock();
        }
    }

    private void keep(Node changed, List<Node> list) {
        if (isSendOnly(changed)) {
            sendOnly = List.copyOf(list);
        } else {
            all = List.copyOf(list);
            hasArchives = all.stream().anyMatch(Node::isArchive);
        }
    }

    /** Removes a node; false if it is the last that is asked for calls. */
    public boolean remove(Node node) {
        lock.lock();
        try {
            List<Node> fewer = new ArrayList<>(isSendOnly(node) ? sendOnly : all);
            if (!isSendOnly(node) && fewer.size() == 1) {
                return false;
            }
            fewer.remove(node);
            keep(node, fewer);
            node.leave();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return withSendOnly().toString();
    }
}
