package dev.tocsin.rpcpool.internal.method;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Methods that are known not to be offered, by a node's client and by its provider. Only where to begin: what the node itself says counts
 * more. The table is {@code hints.tsv}; rows of one's own come before its rows. Immutable.
 */
public final class MethodHints {

    private static final String RESOURCE = "hints.tsv";
    private static final List<String> COLUMNS = List.of("kind", "since", "before", "offers", "methods", "source");
    private static final Pattern VERSION = Pattern.compile("/v?([0-9]{1,9})\\.([0-9]{1,9})");
    private static final Pattern BOUND = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})");
    private static final MethodHints STANDARD = new MethodHints(read(standardRows(), RESOURCE));

    private final List<Row> rows;

    /** What is said of one kind of node. The versions are numbers that compare as they do; before: the first that is not meant. */
    private record Row(boolean isClient, String kind, long since, long before, boolean offers, List<String> methods) {

        boolean isOf(String host, String client) {
            if (!isClient) {
                return host.endsWith(kind);
            }
            int end = client.indexOf('/');
            return client.substring(0, end < 0 ? client.length() : end).equals(kind) && isOfVersion(client);
        }

        private boolean isOfVersion(String client) {
            if (since == 0 && before == Long.MAX_VALUE) {
                return true;
            }
            Matcher version = VERSION.matcher(client);
            return version.find() && number(version) >= since && number(version) < before;
        }

        boolean isAbout(String method) {
            for (String name : methods) {
                if (name.endsWith("*") ? method.regionMatches(0, name, 0, name.length() - 1) : method.equals(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    private MethodHints(List<Row> rows) {
        this.rows = rows;
    }

    /** Those of the table. */
    public static MethodHints standard() {
        return STANDARD;
    }

    /**
     * With rows that come before these.
     *
     * @throws IllegalArgumentException if a line is no row, or there is none
     */
    public MethodHints with(String text) {
        List<Row> all = new ArrayList<>(read(text, "methodHints"));
        if (all.isEmpty()) {
            throw new IllegalArgumentException("methodHints must have a row at least");
        }
        all.addAll(rows);
        return new MethodHints(List.copyOf(all));
    }

    /** Those that are about a node, by the host of its URL and what it says it runs on; empty if it has not said. */
    public MethodHints of(String host, String client) {
        String where = host.toLowerCase(Locale.ROOT);
        String what = client.toLowerCase(Locale.ROOT);
        return new MethodHints(
                rows.stream().filter(row -> row.isOf(where, what)).toList());
    }

    /** Whether a method is not offered, as the first row says that is about it. */
    public boolean excludes(String method) {
        for (Row row : rows) {
            if (row.isAbout(method)) {
                return !row.offers;
            }
        }
        return false;
    }

    private static List<Row> read(String text, String name) {
        List<Row> rows = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !line.startsWith("#")) {
                rows.add(row(line, name + " line " + (i + 1)));
            }
        }
        return List.copyOf(rows);
    }

    private static Row row(String line, String where) {
        String[] cells = line.split("\t", -1);
        if (cells.length != COLUMNS.size()) {
            throw new IllegalArgumentException(where + " must have " + COLUMNS.size()
                    + " columns with tabs between them (" + String.join(", ", COLUMNS) + "), had " + cells.length);
        }
        boolean isClient = cells[0].startsWith("client:");
        String kind = cells[0].substring(cells[0].indexOf(':') + 1).strip();
        require(isClient || cells[0].startsWith("host:"), cells, 0, "begin with client: or host:", where);
        require(!kind.isEmpty(), cells, 0, "name a client or the end of a host", where);
        long since = bound(cells, 1, 0, where);
        long before = bound(cells, 2, Long.MAX_VALUE, where);
        require(cells[3].equals("yes") || cells[3].equals("no"), cells, 3, "be yes or no", where);
        require(!cells[4].isBlank(), cells, 4, "name a method", where);
        return new Row(
                isClient,
                kind.toLowerCase(Locale.ROOT),
                since,
                before,
                cells[3].equals("yes"),
                List.of(cells[4].strip().split(" +")));
    }

    private static void require(boolean holds, String[] cells, int column, String rule, String where) {
        if (!holds) {
            throw new IllegalArgumentException(where + ", column " + (column + 1) + " (" + COLUMNS.get(column)
                    + ") must " + rule + ", was '" + cells[column] + "'");
        }
    }

    private static long bound(String[] cells, int column, long none, String where) {
        if (cells[column].isEmpty()) {
            return none;
        }
        Matcher version = BOUND.matcher(cells[column]);
        require(version.matches(), cells, column, "be a version such as 1.13, or empty", where);
        return number(version);
    }

    private static long number(Matcher version) {
        return Long.parseLong(version.group(1)) << Integer.SIZE | Long.parseLong(version.group(2));
    }

    private static String standardRows() {
        try (InputStream in = MethodHints.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not beside its class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
