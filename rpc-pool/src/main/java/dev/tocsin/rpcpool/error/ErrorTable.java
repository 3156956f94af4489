package dev.tocsin.rpcpool.error;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads rows {@code provider, http_status, jsonrpc_code, method, message, class}, with tabs between them. */
final class ErrorTable {

    private static final List<String> NAMES =
            List.of("provider", "http_status", "jsonrpc_code", "method", "message", "class");
    private static final int COLUMNS = NAMES.size();
    private static final int MESSAGE = 4;
    private static final int SHOWN = 80;

    private ErrorTable() {}

    static List<ErrorRule> read(Reader source, String name, ErrorRule.Origin origin) throws IOException {
        List<ErrorRule> rules = new ArrayList<>();
        BufferedReader lines = new BufferedReader(source);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#") || line.startsWith("provider\t")) {
                continue;
            }
            try {
                rules.add(rule(line, origin));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + " line " + number + ": " + e.getMessage(), e);
            }
        }
        return rules;
    }

    private static ErrorRule rule(String line, ErrorRule.Origin origin) {
        String[] cells = line.split("\t", -1);
        if (cells.length != COLUMNS) {
            throw new IllegalArgumentException("expected " + COLUMNS
                    + " columns with tabs between them (" + String.join(", ", NAMES) + "), found "
                    + cells.length);
        }
        Phrase phrase = Phrase.parse(cells[MESSAGE]);
        if (phrase.isEmpty() && !cells[MESSAGE].isBlank()) {
            throw new IllegalArgumentException(
                    "the message has no word that a text could be known by: " + shown(cells[MESSAGE]));
        }
        if (phrase.isEmpty() && cells[1].isBlank() && cells[2].isBlank()) {
            throw new IllegalArgumentException("expected at least one of http_status, jsonrpc_code and message");
        }
        ErrorClass errorClass = errorClass(cells[5].strip());
        boolean isGuess = phrase.isEmpty() && errorClass == ErrorClass.NODE_ERROR && origin != ErrorRule.Origin.USER;
        return new ErrorRule(
                providers(cells[0]),
                cells[1].isBlank() ? null : number("http_status", cells[1]),
                codes(cells[2]),
                cells[3].isBlank() ? null : cells[3].strip(),
                phrase,
                errorClass,
                origin,
                line,
                new Classification(errorClass, named(cells), !isGuess));
    }

    /** A row as people read it. */
    private static String named(String[] cells) {
        List<String> parts = new ArrayList<>();
        for (int column = 0; column < COLUMNS; column++) {
            if (!cells[column].isBlank()) {
                String quote = column == MESSAGE ? "\"" : "";
                parts.add(NAMES.get(column) + " " + quote + cells[column].strip() + quote);
            }
        }
        return String.join(", ", parts);
    }

    private static Set<String> providers(String cell) {
        return Arrays.stream(cell.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static ErrorRule.Codes codes(String cell) {
        if (cell.isBlank()) {
            return ErrorRule.Codes.ANY;
        }
        int between = cell.indexOf("..");
        if (between < 0) {
            int code = number("jsonrpc_code", cell);
            return new ErrorRule.Codes(code, code);
        }
        return new ErrorRule.Codes(
                number("jsonrpc_code", cell.substring(0, between)),
                number("jsonrpc_code", cell.substring(between + 2)));
    }

    private static int number(String column, String cell) {
        try {
            return Integer.parseInt(cell.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(column + ": expected a whole number, found " + shown(cell), e);
        }
    }

    /** For a message of ours: its beginning, without what a terminal would obey. */
    private static String shown(String cell) {
        String start = cell.codePoints()
                .limit(SHOWN)
                .mapToObj(c -> Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c))
                .collect(Collectors.joining());
        return cell.codePointCount(0, cell.length()) > SHOWN ? start + "..." : start;
    }

    private static ErrorClass errorClass(String cell) {
        @Nullable ErrorClass found = Arrays.stream(ErrorClass.values())
                .filter(one -> one.name().equals(cell))
                .findFirst()
                .orElse(null);
        if (found == null) {
            throw new IllegalArgumentException("unknown class " + shown(cell) + ", expected one of "
                    + Arrays.stream(ErrorClass.values()).map(Enum::name).collect(Collectors.joining(", ")));
        }
        return found;
    }
}
