package dev.tocsin.runner;

import dev.tocsin.rpcpool.error.Classification;
import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.error.RpcError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code rpc classify}: what an error of a node means, and what the pool does about it. */
@Command(
        name = "classify",
        header = "Tells what an error of a node means, and what the pool does about it.",
        description = {
            "",
            "With MESSAGE or an option, explains one error. Without, reads standard input: a line for each error, with tabs between",
            "provider, http_status, jsonrpc_code, method and message (each may be empty); a line without tabs is a message.",
            "For each line it writes one: the class, a tab, and the action.",
            "Exit code 1: the input cannot be read, or the answers cannot be written."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class ClassifyCommand implements Callable<Integer> {

    private static final int COLUMNS = 5;
    private static final int SHOWN = 80;
    private static final int LEAST_STATUS = 100;
    private static final int MOST_STATUS = 599;

    private final InputStream input;

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "Who runs the node, or its host or client: alchemy, geth.")
    private @Nullable String provider;

    @Option(names = "--method", paramLabel = "METHOD", description = "The method that was called: eth_getLogs.")
    private @Nullable String method;

    @Option(names = "--http-status", paramLabel = "N", description = "The HTTP status of the answer.")
    private @Nullable Integer httpStatus;

    @Option(names = "--code", paramLabel = "N", description = "The code of the JSON-RPC error: -32005.")
    private @Nullable Integer code;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "Rows of your own, which come first: provider, http_status, jsonrpc_code, method, message and class,"
                            + " with tabs between them.")
    private @Nullable Path rules;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MESSAGE", description = "The text of the error, in quotes.")
    private @Nullable String message;

    @Parameters(index = "1..*", hidden = true)
    private List<String> furtherWords = List.of();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    ClassifyCommand() {
        this(System.in);
    }

    ClassifyCommand(InputStream input) {
        this.input = input;
    }

    @Override
    public Integer call() {
        boolean described = provider != null || method != null || httpStatus != null || code != null;
        check(described);
        ErrorClassifier classifier = classifier();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (message != null || described) {
            explain(classifier.classify(error(message == null ? "" : message)), out);
        } else {
            Reader in = new InputStreamReader(input, StandardCharsets.UTF_8);
            try {
                lines(classifier, new BufferedReader(in), out, err);
            } catch (IOException e) {
                out.flush();
                err.println("standard input cannot be read: " + e.getMessage());
                return Main.FAILED;
            }
        }
        if (out.checkError()) {
            err.println("the answers cannot be written: standard output is closed or full");
            return Main.FAILED;
        }
        return 0;
    }

    private void check(boolean described) {
        if (!furtherWords.isEmpty()) {
            throw wrong(
                    "Put the message in quotes: \"" + shown(message + " " + String.join(" ", furtherWords)) + "\"",
                    null);
        }
        if (message != null && message.isBlank() && !described) {
            throw wrong("MESSAGE must not be blank", null);
        }
        if (httpStatus != null && !isStatus(httpStatus)) {
            throw wrong("--http-status must be from 100 to 599, was " + httpStatus, null);
        }
    }

    private static boolean isStatus(int number) {
        return number >= LEAST_STATUS && number <= MOST_STATUS;
    }

    private ErrorClassifier classifier() {
        if (rules == null) {
            return ErrorClassifier.standard();
        }
        if (Files.isDirectory(rules)) {
            throw wrong("--rules: " + rules + " is a folder", null);
        }
        try (Reader rows = Files.newBufferedReader(rules)) {
            return ErrorClassifier.standard().with(rows, rules.toString());
        } catch (NoSuchFileException e) {
            throw wrong("--rules: " + rules + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw wrong("--rules: " + rules + " cannot be read: permission denied", e);
        } catch (CharacterCodingException e) {
            throw wrong("--rules: " + rules + " is not UTF-8", e);
        } catch (FileSystemException e) {
            throw wrong("--rules: " + rules + " cannot be read: " + e.getReason(), e);
        } catch (IOException e) {
            throw wrong("--rules: " + rules + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw wrong("--rules: " + e.getMessage(), e);
        }
    }

    private ParameterException wrong(String words, @Nullable Exception cause) {
        return new ParameterException(spec.commandLine(), words, cause);
    }

    private RpcError error(String text) {
        return new RpcError(provider, null, method, optional(httpStatus), optional(code), text, null);
    }

    private static OptionalInt optional(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static void explain(Classification found, PrintWriter out) {
        out.println(found.errorClass() + "  " + found.action().id());
        out.println("The pool " + found.action().words() + ".");
        out.println(
                found.isKnown()
                        ? "Known by: " + found.rule()
                        : "Nothing in the table fits it: it is taken for an error of the node. Add a row with --rules to change that.");
    }

    private static void lines(ErrorClassifier classifier, BufferedReader in, PrintWriter out, PrintWriter err)
            throws IOException {
        int number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            number++;
            Classification found = classifier.classify(error(line, number, err));
            out.println(found.errorClass() + "\t" + found.action().id());
            if (out.checkError()) {
                return; // nobody reads them
            }
        }
    }

    private static RpcError error(String line, int number, PrintWriter err) {
        String[] cells = line.split("\t", COLUMNS);
        if (cells.length == 1) {
            return new RpcError(null, null, null, OptionalInt.empty(), OptionalInt.empty(), line, null);
        }
        return new RpcError(
                cell(cells, 0),
                null,
                cell(cells, 3),
                status(cell(cells, 1), number, err),
                number(cell(cells, 2), "jsonrpc_code", number, err),
                cells.length < COLUMNS ? "" : cells[4],
                null);
    }

    private static @Nullable String cell(String[] cells, int column) {
        return column >= cells.length || cells[column].isBlank() ? null : cells[column].strip();
    }

    /** What cannot be read is said and left out: one line in is one line out. */
    private static OptionalInt number(@Nullable String cell, String column, int line, PrintWriter err) {
        if (cell == null) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(cell));
        } catch (NumberFormatException e) {
            err.println("line " + line + ": " + column + " is left out: expected a whole number, found " + shown(cell));
            return OptionalInt.empty();
        }
    }

    private static OptionalInt status(@Nullable String cell, int line, PrintWriter err) {
        OptionalInt status = number(cell, "http_status", line, err);
        if (status.isPresent() && !isStatus(status.getAsInt())) {
            err.println("line " + line + ": http_status is left out: expected 100 to 599, found " + status.getAsInt());
            return OptionalInt.empty();
        }
        return status;
    }

    /** What somebody else wrote, for a terminal: its beginning, without what a terminal would obey. */
    private static String shown(String text) {
        String start = text.codePoints()
                .limit(SHOWN)
                .mapToObj(c -> Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c))
                .collect(Collectors.joining());
        return text.codePointCount(0, text.length()) > SHOWN ? start + "..." : start;
    }
}
