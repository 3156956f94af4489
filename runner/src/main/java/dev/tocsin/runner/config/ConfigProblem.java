package dev.tocsin.runner.config;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file the file as the user named it
 * @param line the line it stands in, from 1; 0 when the whole file is meant
 * @param key the path of the key, such as {@code watches[0].when}; empty when the whole file is meant
 * @param message what is wrong and what was expected
 */
public record ConfigProblem(String file, int line, String key, String message) {

    /** One line, whatever stands in the file. */
    @Override
    public String toString() {
        String text = file + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + message;
        return text.replaceAll("[\\p{Cntrl}\\v]", "\uFFFD");
    }
}
