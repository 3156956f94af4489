package dev.tocsin.rpcpool.internal.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The nodes of a pool, primaries first, else in the order in which they came. Safe for use by many threads. */
public final class Nodes {

    private final ReentrantLock lock = new ReentrantLock(); // for those who change it
    private volatile List<Node> all;

    public Nodes(List<Node> all) {
        this.all = List.copyOf(all);
    }

    /** A snapshot. */
    public List<Node> all() {
        return all;
    }

    /** The one of this name; null if there is none. */
    public @Nullable Node named(@Nullable String name) {
        for (Node node : all) {
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
            List<Node> more = new ArrayList<>(all);
            more.add(node);
            more.sort(Comparator.comparing(Node::tier));
            all = List.copyOf(more);
            return node;
        } finally {
            lock.unlock();
        }
    }

    /** Removes a node; false if it is the last. */
    public boolean remove(Node node) {
        lock.lock();
        try {
            List<Node> fewer = new ArrayList<>(all);
            if (fewer.size() == 1) {
                return false;
            }
            fewer.remove(node);
            all = List.copyOf(fewer);
            node.leave();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
