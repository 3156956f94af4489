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
    private static final int COLUMNS = 6;
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
     * @throws IllegalArgumentException if a line is no row
     */
    public MethodHints with(String text) {
        List<Row> all = new ArrayList<>(read(text, "hints"));
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
        int colon = cells[0].indexOf(':');
        boolean isClient = cells[0].startsWith("client:");
        if (cells.length != COLUMNS
                || (!isClient && !cells[0].startsWith("host:"))
                || cells[0].substring(colon + 1).isBlank()
                || !List.of("yes", "no").contains(cells[3])
                || cells[4].isBlank()) {
            throw new IllegalArgumentException(
                    where + " must be client:… or host:…, since, before, yes or no, methods, source,"
                            + " with tabs between them");
        }
        return new Row(
                isClient,
                cells[0].substring(colon + 1).toLowerCase(Locale.ROOT),
                cells[1].isEmpty() ? 0 : bound(cells[1], where),
                cells[2].isEmpty() ? Long.MAX_VALUE : bound(cells[2], where),
                cells[3].equals("yes"),
                List.of(cells[4].strip().split(" +")));
    }

    private static long bound(String text, String where) {
        Matcher version = BOUND.matcher(text);
        if (!version.matches()) {
            throw new IllegalArgumentException(where + " must have versions such as 1.13");
        }
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
