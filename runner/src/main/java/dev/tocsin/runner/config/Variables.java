package dev.tocsin.runner.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Expands {@code ${VAR}} and {@code ${VAR:-default}}, and reads {@code file:/path} values. A value that came from a variable
 * or a file may be a secret and is never repeated in a message.
 */
final class Variables {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");
    private static final Pattern UNCLOSED = Pattern.compile("\\$\\{[^}]*$");
    private static final String FILE = "file:";

    private static final int SHORT = 4; // what is shorter is hidden only where it is quoted

    private final UnaryOperator<@Nullable String> lookup;
    private final Map<String, String> given =
            new LinkedHashMap<>(); // what stands for a value that was given, by the value

    Variables(UnaryOperator<@Nullable String> lookup) {
        this.lookup = lookup;
    }

    /** What became of a scalar: the value, or what is wrong with it. */
    record Expanded(String value, Optional<String> problem) {}

    Expanded expand(String raw) {
        Matcher matcher = REFERENCE.matcher(raw);
        StringBuilder out = new StringBuilder();
        int end = 0;
        while (matcher.find()) {
            String name = matcher.group(1);
            String value = lookup.apply(name);
            if (value == null) {
                value = matcher.group(2);
            } else {
                given.put(value, "${" + name + "}");
            }
            if (value == null) {
                return wrong("the environment variable " + name + " is not set and ${" + name
                        + "} has no default; set it, or write ${" + name + ":-default}");
            }
            out.append(raw, end, matcher.start()).append(value);
            end = matcher.end();
        }
        if (UNCLOSED.matcher(REFERENCE.matcher(raw).replaceAll("")).find()) {
            return wrong("${ is not closed; expected ${VAR} or ${VAR:-default}");
        }
        String value = out.append(raw, end, raw.length()).toString();
        return value.startsWith(FILE)
                ? fromFile(value.substring(FILE.length()))
                : new Expanded(value, Optional.empty());
    }

    /** A message without the values that came from variables and files: their names stand there instead. */
    String withoutGiven(String message) {
        String text = message;
        for (Map.Entry<String, String> one : given.entrySet()) {
            String value = one.getKey();
            text = value.length() < SHORT
                    ? text.replace("\"" + value + "\"", "\"" + one.getValue() + "\"")
                    : text.replace(value, one.getValue());
        }
        return text;
    }

    private Expanded fromFile(String name) {
        try {
            String value = Files.readString(Path.of(name)).strip();
            given.put(value, FILE + name);
            return new Expanded(value, Optional.empty());
        } catch (IOException | InvalidPathException e) {
            return wrong("cannot read the file " + name + " that the value names");
        }
    }

    private static Expanded wrong(String problem) {
        return new Expanded("", Optional.of(problem));
    }
}
