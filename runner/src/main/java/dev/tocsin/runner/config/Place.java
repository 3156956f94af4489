package dev.tocsin.runner.config;

/**
 * Where a setting stands, so that a failure at run time can name it.
 *
 * @param file the file as the user named it
 * @param line the line, from 1
 * @param key the path of the key
 */
public record Place(String file, int line, String key) {

    /**
     * A problem at this place.
     *
     * @param message what is wrong and what was expected
     * @return the problem
     */
    public ConfigProblem problem(String message) {
        return new ConfigProblem(file, line, key, message);
    }
}
