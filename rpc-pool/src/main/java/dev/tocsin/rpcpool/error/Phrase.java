package dev.tocsin.rpcpool.error;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words that a text must have in this order, side by side but for gaps. Written as {@code block range <n> too (large|wide)}: what stands in
 * angle brackets, and {@code ...}, is a gap of at most twelve words, maybe none; in round brackets with bars stand words of which one must
 * be there. A phrase that begins with {@code ~} is vague: it weighs half, and decides only where no clear phrase fits.
 */
final class Phrase {

    private static final Pattern SPECIAL = Pattern.compile("\\.\\.\\.|<[\\w .-]+>|\\([\\w -]+(?:\\|[\\w -]+)+\\)");
    private static final int WIDEST_GAP = 12;
    private static final int FAINT = 8;
    static final int NO = -1;

    private final List<Part> parts;
    private final boolean isVague;
    private final int mostWeight;

    /** One word, of some, perhaps after a gap; and the bits of these words, to see quickly that a text has none of them. */
    private record Part(Set<String> words, boolean afterGap, long bits) {
        Part(Set<String> words, boolean afterGap) {
            this(words, afterGap, bitsOf(words));
        }
    }

    private Phrase(List<Part> parts, boolean isVague) {
        this.parts = parts;
        this.isVague = isVague;
        int most = 0;
        for (Part part : parts) {
            most += part.words.stream().mapToInt(String::length).max().orElse(0) + 1;
        }
        this.mostWeight = isVague ? most / 2 : most;
    }

    static Phrase parse(String written) {
        boolean isVague = written.startsWith("~");
        String text = isVague ? written.substring(1) : written;
        List<Part> parts = new ArrayList<>();
        Matcher special = SPECIAL.matcher(text);
        boolean afterGap = false;
        int at = 0;
        while (special.find()) {
            afterGap = addPlain(parts, text.substring(at, special.start()), afterGap);
            if (special.group().startsWith("(")) {
                parts.add(new Part(choice(special.group()), afterGap));
                afterGap = false;
            } else {
                afterGap = true;
            }
            at = special.end();
        }
        addPlain(parts, text.substring(at), afterGap);
        return new Phrase(List.copyOf(parts), isVague);
    }

    /** Adds words that stand as they are; whether a gap is still open after them. */
    private static boolean addPlain(List<Part> parts, String text, boolean afterGap) {
        boolean open = afterGap;
        for (String word : Words.of(text)) {
            parts.add(new Part(Set.of(word), open));
            open = false;
        }
        return open;
    }

    private static Set<String> choice(String brackets) {
        Set<String> words = new LinkedHashSet<>();
        for (String word : brackets.substring(1, brackets.length() - 1).split("\\|", -1)) {
            List<String> stems = Words.of(word);
            if (stems.size() != 1) {
                throw new IllegalArgumentException(
                        "in " + brackets + " expected single words that are no fillers, found " + word);
            }
            words.add(stems.getFirst());
        }
        return words;
    }

    /** Whether it asks for no word at all. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** How many words it asks for. */
    int length() {
        return parts.size();
    }

    /** Whether it decides only where no clear phrase fits. */
    boolean isVague() {
        return isVague;
    }

    /** Words that stand alone say little: they must be nearly all of the text. */
    boolean isFaint() {
        return parts.size() == 1 && parts.getFirst().words.stream().allMatch(word -> word.length() < FAINT);
    }

    /** Whether it is a number, perhaps with a word: any number fits it, so only who says it knows what it means. */
    boolean isNumber() {
        return parts.size() <= 2 && parts.stream().anyMatch(part -> part.words.contains(Words.NUMBER));
    }

    List<Set<String>> words() {
        return parts.stream().map(Part::words).toList();
    }

    /** One bit of 64 for each word: texts that share no bit share no word. */
    static long bitsOf(Iterable<String> words) {
        long bits = 0;
        for (String word : words) {
            bits |= 1L << ((word.hashCode() * 0x9E3779B9) >>> 26);
        }
        return bits;
    }

    /** The most that it can weigh. */
    int mostWeight() {
        return mostWeight;
    }

    /** Whether a text with these bits may have it; false for most that have not. */
    boolean mayBeIn(long bits) {
        for (Part part : parts) {
            if ((part.bits & bits) == 0) {
                return false;
            }
        }
        return true;
    }

    /** How much of a text it explains: longer words, and more of them, weigh more; {@link #NO} if it is not in the text. */
    int weightIn(List<String> text) {
        int most = NO;
        for (int start = 0; start < text.size(); start++) {
            String word = text.get(start);
            if (parts.getFirst().words.contains(word)) {
                int rest = follows(text, start + 1, 1);
                most = rest == NO ? most : Math.max(most, rest + word.length() + 1);
            }
        }
        return most != NO && isVague ? most / 2 : most;
    }

    private int follows(List<String> text, int at, int part) {
        if (part == parts.size()) {
            return 0;
        }
        Part wanted = parts.get(part);
        int last = Math.min(text.size() - 1, wanted.afterGap ? at + WIDEST_GAP : at);
        for (int i = at; i <= last; i++) {
            if (wanted.words.contains(text.get(i))) {
                int rest = follows(text, i + 1, part + 1);
                if (rest != NO) {
                    return rest + text.get(i).length() + 1;
                }
            }
        }
        return NO;
    }
}
