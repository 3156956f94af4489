package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.stream.ChainReader.View;
import java.util.Optional;

/** Where a stream begins. */
sealed interface Start {
    /** What the chain says about the place to begin. */
    sealed interface Position {}

    /** The chain does not reach so far yet: the first block of the stream, and the nodes' newest. */
    record Beyond(long first, long newest) implements Position {}

    /** The position to begin after, and whether it is one that nobody has recorded yet. */
    record Begin(Checkpoint checkpoint, boolean fresh) implements Position {
        private static Begin fresh(long number, String hash) {
            return new Begin(Checkpoint.before(number, hash), true);
        }
    }

    Position position(ChainReader reader) throws ChainReadException, InterruptedException;

    /** The position after the one block of a view. */
    private static Position after(long number, View view) {
        Block block = view.blocks().getFirst();
        return block == null ? new Beyond(number + 1, view.head()) : Begin.fresh(number, block.hash());
    }

    /** After the head of this moment. */
    record AtHead() implements Start {
        @Override
        public Position position(ChainReader reader) throws ChainReadException, InterruptedException {
            long head = reader.view(0, -1).head();
            return after(head, reader.view(head, head));
        }
    }

    /** With this block as the first. */
    record AtBlock(long first) implements Start {
        @Override
        public Position position(ChainReader reader) throws ChainReadException, InterruptedException {
            if (first == 0) {
                return Begin.fresh(-1, Hex.ZERO_HASH);
            }
            return after(first - 1, reader.view(first - 1, first - 1));
        }
    }

    /** After a known position. */
    record After(Checkpoint checkpoint) implements Start {
        @Override
        public Position position(ChainReader reader) {
            return new Begin(checkpoint, false);
        }
    }

    /** After the position in a store, or elsewhere if there is none. */
    record Stored(CheckpointStore store, Start otherwise) implements Start {
        @Override
        public Position position(ChainReader reader) throws ChainReadException, InterruptedException {
            Optional<Checkpoint> saved = load(reader.chainId());
            return saved.isPresent() ? new Begin(saved.get(), false) : otherwise.position(reader);
        }

        private Optional<Checkpoint> load(long chainId) throws ChainReadException, InterruptedException {
            try {
                return store.load(chainId);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new ChainReadException("the checkpoint could not be loaded: " + e.getMessage(), e);
            }
        }
    }
}
