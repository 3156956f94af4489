package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.stream.ChainReader.View;
import java.util.Optional;

/** Where a stream begins. */
sealed interface Start {
    /** The position to begin after, and whether it is one that nobody has recorded yet. */
    record Begin(Checkpoint checkpoint, boolean fresh) {
        private static Begin fresh(long number, String hash) {
            return new Begin(Checkpoint.before(number, hash), true);
        }
    }

    /** The position, or empty if the chain does not reach so far yet. */
    Optional<Begin> position(ChainReader reader) throws ChainReadException, InterruptedException;

    /** After the head of this moment. */
    record AtHead() implements Start {
        @Override
        public Optional<Begin> position(ChainReader reader) throws ChainReadException, InterruptedException {
            long head = reader.view(0, -1).head();
            Block block = reader.view(head, head).blocks().getFirst();
            return Optional.ofNullable(block).map(known -> Begin.fresh(known.number(), known.hash()));
        }
    }

    /** With this block as the first. */
    record AtBlock(long first) implements Start {
        @Override
        public Optional<Begin> position(ChainReader reader) throws ChainReadException, InterruptedException {
            if (first == 0) {
                return Optional.of(Begin.fresh(-1, HexText.ZERO_HASH));
            }
            View view = reader.view(first - 1, first - 1);
            Block block = view.blocks().getFirst();
            return Optional.ofNullable(block).map(known -> Begin.fresh(known.number(), known.hash()));
        }
    }

    /** After a known position. */
    record After(Checkpoint checkpoint) implements Start {
        @Override
        public Optional<Begin> position(ChainReader reader) {
            return Optional.of(new Begin(checkpoint, false));
        }
    }

    /** After the position in a store, or elsewhere if there is none. */
    record Stored(CheckpointStore store, Start otherwise) implements Start {
        @Override
        public Optional<Begin> position(ChainReader reader) throws ChainReadException, InterruptedException {
            Optional<Checkpoint> saved = load(reader.chainId());
            return saved.isPresent() ? Optional.of(new Begin(saved.get(), false)) : otherwise.position(reader);
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
