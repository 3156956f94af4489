package dev.tocsin.rpcpool.error;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An error's text as words that different writers share: lower case, without endings and fillers, {@code camelCase} taken apart but for a
 * method's name, every number the same.
 */
final class Words {

    /** Any number or hex value. */
    static final String NUMBER = "#";

    private static final int MOST_CHARS = 600;
    private static final Set<String> FILLERS = Set.of(
            "the", "a", "an", "is", "are", "was", "were", "be", "been", "has", "have", "had", "of", "to", "in", "for",
            "on", "by", "it", "this", "that", "your", "you", "at", "and", "or", "with", "please", "its", "as", "there",
            "can");
    private static final int SHORTEST_RUN = 8;
    private static final int LONGEST_RUN = 60;

    private Words() {}

    /** The words of a text. */
    static List<String> of(String text) {
        return of(text, Set.of());
    }

    /** The words of a text; those that are not in the vocabulary are taken apart if they are several of its words in a row. */
    static List<String> of(String text, Set<String> vocabulary) {
        List<String> words = new ArrayList<>();
        int end = Math.min(text.length(), MOST_CHARS);
        int i = 0;
        while (i < end) {
            char c = text.charAt(i);
            int begin = i;
            if (isDigit(c)) {
                while (i < end && (isDigit(text.charAt(i)) || isLetter(text.charAt(i)))) {
                    i++;
                }
                words.add(NUMBER);
            } else if (isLetter(c)) {
                boolean isName =
                        begin > 0 && text.charAt(begin - 1) == '_' && !isUpper(c); // eth_getLogs tells of no logs
                while (i < end && isLetter(text.charAt(i)) && (isName || !beginsWord(text, begin, i, end))) {
                    i++;
                }
                add(words, lower(text.substring(begin, i)), vocabulary);
            } else {
                i++;
            }
        }
        return words;
    }

    private static void add(List<String> words, String word, Set<String> vocabulary) {
        String stem = stem(word);
        if (FILLERS.contains(stem)) {
            return;
        }
        boolean mayBeRun = word.length() >= SHORTEST_RUN && word.length() <= LONGEST_RUN && !vocabulary.isEmpty();
        if (mayBeRun && !vocabulary.contains(stem)) {
            words.addAll(apart(word, vocabulary));
        } else {
            words.add(stem);
        }
    }

    private static boolean beginsWord(String text, int begin, int i, int end) {
        if (i == begin || !isUpper(text.charAt(i))) {
            return false;
        }
        boolean afterLower = !isUpper(text.charAt(i - 1));
        boolean beforeLower = i + 1 < end && isLetter(text.charAt(i + 1)) && !isUpper(text.charAt(i + 1));
        return afterLower || beforeLower;
    }

    private static String lower(String raw) {
        char[] chars = raw.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            chars[i] = isUpper(chars[i]) ? (char) (chars[i] + 32) : chars[i];
        }
        return new String(chars);
    }

    /** Without the endings that number and tense put on. */
    static String stem(String word) {
        if (word.equals("blocked")) {
            return word; // a ban, no block of the chain
        }
        String stem = word;
        if (stem.length() > 5 && stem.endsWith("ing")) {
            stem = stem.substring(0, stem.length() - 3);
        } else if (stem.length() > 4 && stem.endsWith("ed")) {
            stem = stem.substring(0, stem.length() - 2);
        } else if (stem.length() > 3 && stem.endsWith("s") && !stem.endsWith("ss") && !stem.endsWith("us")) {
            stem = stem.substring(0, stem.length() - 1);
        }
        return stem.length() > 3 && stem.endsWith("e") ? stem.substring(0, stem.length() - 1) : stem;
    }

    /** A run of letters as words of the vocabulary, the longest first; as it is if it is not such a run. */
    private static List<String> apart(String run, Set<String> vocabulary) {
        List<String> words = new ArrayList<>();
        return split(run, 0, vocabulary, words, new HashSet<>()) ? words : List.of(stem(run));
    }

    private static boolean split(
            String run, int from, Set<String> vocabulary, List<String> words, Set<Integer> deadEnds) {
        if (from == run.length()) {
            return words.size() > 1;
        }
        if (deadEnds.contains(from)) {
            return false;
        }
        for (int to = run.length(); to > from + 1; to--) {
            String part = stem(run.substring(from, to));
            if (vocabulary.contains(part) || FILLERS.contains(part)) {
                words.add(part);
                if (split(run, to, vocabulary, words, deadEnds)) {
                    return true;
                }
                words.removeLast();
            }
        }
        deadEnds.add(from);
        return false;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || isUpper(c);
    }
}
