package dev.tocsin.runner.demo;

import java.util.List;
import java.util.Optional;

/** Says what happens on the demo chain next. Used by one thread. */
public interface BlockSource {

    /**
     * What this is, for people: {@code simulated market, seed 7}.
     *
     * @return one line
     */
    String describe();

    /**
     * The next step.
     *
     * @return it, or empty if there is nothing left, now and for ever
     * @throws RecordingException if what is to be read cannot be
     */
    Optional<Step> next();

    /** What a source wants done to the chain. */
    sealed interface Step {

        /**
         * One block on top.
         *
         * @param block its content
         */
        record Append(Draft block) implements Step {}

        /**
         * A reorganisation: the newest blocks are replaced.
         *
         * @param depth how many blocks are orphaned; at least 1
         * @param blocks the new branch, oldest first; at least one
         */
        record Reorganise(int depth, List<Draft> blocks) implements Step {

            /**
             * Checks and copies.
             *
             * @throws IllegalArgumentException if the depth or the branch is empty
             */
            public Reorganise {
                blocks = List.copyOf(blocks);
                if (depth < 1 || blocks.isEmpty()) {
                    throw new IllegalArgumentException("a reorganisation needs depth and blocks of at least 1, had "
                            + depth + " and " + blocks.size());
                }
            }
        }
    }
}
