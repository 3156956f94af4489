package dev.tocsin.runner.console;

/** Numbers with their noun, as people say them. */
public final class Plural {

    private Plural() {}

    /**
     * A count of things.
     *
     * @param count how many
     * @param noun one of them; its plural ends in {@code s}
     * @return {@code 1 block}, {@code 2 blocks}
     */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
