package dev.tocsin.rpcpool.internal.method;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What is known of a JSON-RPC method. Immutable. */
public final class Method {

    /** The label of every method that is not known. */
    public static final String OTHER = "other";

    private static final int NO_BLOCK = -1;
    private static final int FILTER = -2;
    private static final int COLUMNS = 5;

    private final String label;
    private final Needs needs;
    private final Keeps keeps;
    private final int block; // index, NO_BLOCK or FILTER
    private final BlockRef byDefault;
    private final boolean changes;
    private final boolean once;
    private final boolean alone;
    private final boolean slow;
    private final boolean nullIsUnknown;

    private Method(String label, Needs needs, Keeps keeps, String block, Set<String> marks) {
        this.label = label;
        this.needs = needs;
        this.keeps = keeps;
        this.block = switch (block) {
            case "-" -> NO_BLOCK;
            case "filter" -> FILTER;
            default -> block.charAt(0) - '0';
        };
        this.byDefault = block.endsWith("?") ? BlockRef.Tag.PENDING : BlockRef.Tag.LATEST;
        this.changes = marks.contains("changes");
        this.once = marks.contains("once");
        this.alone = marks.contains("alone");
        this.slow = marks.contains("slow");
        this.nullIsUnknown = marks.contains("empty");
    }

    /** A line of the table. */
    static Method of(String line) {
        String[] cells = line.trim().split(" +", -1);
        if (cells.length != COLUMNS || !cells[3].matches("-|filter|\\d\\??")) {
            throw new IllegalStateException("methods.txt must have five columns, was " + line);
        }
        Set<String> marks = Set.of(cells[4].split(",", -1));
        if (!Set.of("-", "changes", "once", "alone", "slow", "empty").containsAll(marks)) {
            throw new IllegalStateException("methods.txt must have known marks, was " + line);
        }
        return new Method(
                cells[0],
                Needs.valueOf(cells[1].toUpperCase(Locale.ROOT)),
                Keeps.valueOf(cells[2].toUpperCase(Locale.ROOT)),
                cells[3],
                marks);
    }

    /** One that is not in the table: it may cost anything. */
    static Method unknown(boolean changes) {
        return new Method(OTHER, Needs.NONE, Keeps.NEVER, "-", changes ? Set.of("slow", "changes") : Set.of("slow"));
    }

    /** For meters: the method's name, or {@link #OTHER}; there are only so many. */
    public String label() {
        return label;
    }

    /** What a node must still have. */
    public Needs needs() {
        return needs;
    }

    /** How long an answer holds. */
    public Keeps keeps() {
        return keeps;
    }

    /** Whether it changes something, so that nobody else may be asked once a node may have taken it. */
    public boolean changes() {
        return changes;
    }

    /** Whether the answer null means that the node does not know of the thing, or not yet. */
    public boolean nullIsUnknown() {
        return nullIsUnknown;
    }

    /** Whether it may take long, so that it must not hold up a batch. */
    public boolean isSlow() {
        return slow;
    }

    /** Whether a second node may be asked while the first is at it: it changes nothing, or the same however many nodes are asked. */
    public boolean mayHedge() {
        return !changes || once;
    }

    /** Whether a node may be asked only to see how it is. */
    public boolean mayCopy() {
        return !changes && !alone;
    }

    /** Whether callers who ask the same at the same time may get one answer. */
    @SuppressWarnings("ReferenceEquality") // the label of those not known is one constant
    public boolean mayShare() {
        return !changes && !alone && label != OTHER;
    }

    /** Whether a call names a range of blocks. */
    public boolean isOfRange() {
        return block == FILTER;
    }

    /** The last block that an answer depends on. */
    public BlockRef newestBlock(RpcCall call) {
        return block(call, "toBlock", byDefault);
    }

    /** The first block that a node must have for an answer. */
    public BlockRef oldestBlock(RpcCall call) {
        return block(call, "fromBlock", needs == Needs.TRACE ? BlockRef.Tag.EARLIEST : BlockRef.Tag.LATEST);
    }

    private BlockRef block(RpcCall call, String bound, BlockRef boundByDefault) {
        if (block == NO_BLOCK) {
            return BlockRef.None.NONE;
        }
        List<@Nullable Object> params = call.params();
        if (block == FILTER) {
            return params.isEmpty() ? BlockRef.None.NONE : ofFilter(params.getFirst(), bound, boundByDefault);
        }
        Object parameter = block < params.size() ? params.get(block) : null;
        return parameter == null ? byDefault : BlockRef.of(parameter);
    }

    private static BlockRef ofFilter(@Nullable Object filter, String bound, BlockRef boundByDefault) {
        Object hash = BlockRef.field(filter, "blockHash");
        if (hash != null) {
            return BlockRef.of(hash);
        }
        Object block = BlockRef.field(filter, bound);
        return block == null ? boundByDefault : BlockRef.of(block);
    }

    /** The same call, with the block of that number wherever it names, or means by default, the tag. */
    public RpcCall at(RpcCall call, BlockRef.Tag tag, long number) {
        String quantity = Hex.quantity(number);
        List<@Nullable Object> params = new ArrayList<>(call.params());
        if (block == FILTER) {
            params.set(0, ofFilterAt(call, tag, quantity));
        } else if (block < params.size()) {
            params.set(block, quantity);
        } else if (block == params.size()) {
            params.add(quantity);
        }
        return new RpcCall(call.method(), params);
    }

    private @Nullable Object ofFilterAt(RpcCall call, BlockRef.Tag tag, String quantity) {
        Object filter = call.params().getFirst();
        Map<Object, @Nullable Object> bound = new LinkedHashMap<>();
        switch (filter) {
            case Map<?, ?> map -> bound.putAll(map);
            case ObjectNode object -> object.properties().forEach(field -> bound.put(field.getKey(), field.getValue()));
            case null, default -> {
                return filter; // an object of the caller's own, of which the bounds cannot be seen
            }
        }
        if (oldestBlock(call) == tag) {
            bound.put("fromBlock", quantity);
        }
        if (newestBlock(call) == tag) {
            bound.put("toBlock", quantity);
        }
        return bound;
    }

    @Override
    public String toString() {
        return label;
    }
}
