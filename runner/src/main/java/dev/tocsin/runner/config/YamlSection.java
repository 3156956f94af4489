package dev.tocsin.runner.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of the file. Each accessor reads a key, notes that the key is known, and reports what is wrong instead of
 * throwing, so that one reading finds every error; {@link #finish()} then reports the keys nobody asked for.
 */
final class YamlSection {

    private final String path;
    private final int line;
    private final Map<String, NodeTuple> tuples = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Variables variables;
    private final Problems problems;

    YamlSection(String path, @Nullable Node node, int line, Variables variables, Problems problems) {
        this.path = path;
        this.line = line;
        this.variables = variables;
        this.problems = problems;
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                if (tuples.put(key, tuple) != null) {
                    problems.add(
                            lineOf(tuple.getKeyNode()), path(key), "the key stands twice in this mapping; keep one");
                }
            }
        } else if (node != null && !isEmpty(node)) {
            problems.add(lineOf(node), path, "expected a mapping (key: value lines), found " + kind(node));
        }
    }

    /** Where the errors go. */
    record Problems(String file, List<ConfigProblem> found) {
        /** Once for each: a key that is read twice has one error. */
        void add(int line, String key, String message) {
            ConfigProblem problem = new ConfigProblem(file, line, key, message);
            if (!found.contains(problem)) {
                found.add(problem);
            }
        }
    }

    int line(String key) {
        NodeTuple tuple = tuples.get(key);
        return tuple == null ? line : lineOf(tuple.getValueNode());
    }

    void problem(String key, String message) {
        problems.add(line(key), path(key), message);
    }

    boolean has(String key) {
        known.add(key);
        NodeTuple tuple = tuples.get(key);
        return tuple != null && !isEmpty(tuple.getValueNode());
    }

    /** Every key as it stands, for mappings whose keys are names that the user chose. */
    Set<String> names() {
        known.addAll(tuples.keySet());
        return tuples.keySet();
    }

    /** A text that is not blank: to want none is to leave the key out. */
    Optional<String> text(String key) {
        return parsed(key, value -> {
            if (value.isBlank()) {
                throw new IllegalArgumentException("is empty; expected a value, or not the key at all");
            }
            return value;
        });
    }

    String text(String key, String fallback) {
        return text(key).orElse(fallback);
    }

    /** Reads a value that must be there, through a parser as {@link #parsed}; a blank one is not there. */
    <T> Optional<T> required(String key, String expected, Function<String, T> parser) {
        if (!has(key)) {
            missing(key, expected);
            return Optional.empty();
        }
        return parsed(key, value -> {
            if (value.isBlank()) {
                throw new IllegalArgumentException("is empty; expected " + expected);
            }
            return parser.apply(value);
        });
    }

    /** Reads a value through a parser whose {@link IllegalArgumentException} becomes the message. */
    <T> Optional<T> parsed(String key, Function<String, T> parser) {
        return has(key) ? value(path(key), node(key), parser) : Optional.empty();
    }

    <T> Optional<T> parse(String key, String value, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(value));
        } catch (IllegalArgumentException e) {
            problem(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    long number(String key, long fallback, long least, long most) {
        return this.<Long>parsed(
                        key, value -> number(value, "a whole number from " + least + " to " + most, least, most))
                .orElse(fallback);
    }

    /** Decimal, or hexadecimal after {@code 0x} as wallets show a chain. */
    static long number(String value, String expected, long least, long most) {
        String digits = value.replace("_", "");
        long number;
        try {
            number = digits.matches("0[xX][0-9a-fA-F]+")
                    ? Long.parseLong(digits.substring(2), 16)
                    : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected " + expected + ", was \"" + value + "\"", e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException("expected " + expected + ", was \"" + value + "\"");
        }
        return number;
    }

    int integer(String key, int fallback, int least, int most) {
        return (int) number(key, fallback, least, most);
    }

    Duration duration(String key, Duration fallback, Duration least, Duration most) {
        return this.<Duration>parsed(key, value -> {
                    Duration duration = YamlDuration.parse(value);
                    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                        throw new IllegalArgumentException("expected a duration from " + YamlDuration.format(least)
                                + " to " + YamlDuration.format(most) + ", was \"" + value + "\"");
                    }
                    return duration;
                })
                .orElse(fallback);
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
        return choice(key, type).orElse(fallback);
    }

    <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        return parsed(key, value -> constant(type, value));
    }

    static <E extends Enum<E>> E constant(Class<E> type, String value) {
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(value)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("expected one of "
                + Arrays.stream(type.getEnumConstants()).map(YamlSection::word).collect(Collectors.joining(", "))
                + ", was \"" + value + "\"");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean flag(String key, boolean fallback) {
        return this.<Boolean>parsed(key, value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("expected true or false, was \"" + value + "\"");
                })
                .orElse(fallback);
    }

    /** A list of values, each with an error of its own; a single value counts as a list of one. */
    <T> List<T> list(String key, Function<String, T> parser) {
        if (!has(key)) {
            return List.of();
        }
        Node node = node(key);
        if (!(node instanceof SequenceNode sequence)) {
            return value(path(key), node, parser).map(List::of).orElse(List.of());
        }
        List<T> values = new ArrayList<>();
        for (int i = 0; i < sequence.getValue().size(); i++) {
            value(path(key) + "[" + i + "]", sequence.getValue().get(i), parser).ifPresent(values::add);
        }
        return List.copyOf(values);
    }

    /** As {@link #list}, and an error when there is none. */
    <T> List<T> atLeastOne(String key, String expected, Function<String, T> parser) {
        if (isMissing(key)) {
            missing(key, expected);
        }
        return list(key, parser);
    }

    /** Whether there is nothing under the key: no key, no value, or an empty list or mapping. */
    boolean isMissing(String key) {
        return !has(key)
                || (node(key) instanceof CollectionNode<?> collection
                        && collection.getValue().isEmpty());
    }

    void missing(String key, String expected) {
        problem(key, (tuples.containsKey(key) ? "is empty" : "is missing") + "; expected " + expected);
    }

    /** A nested mapping; an empty one when it is not there. */
    YamlSection section(String key) {
        known.add(key);
        NodeTuple tuple = tuples.get(key);
        return new YamlSection(path(key), tuple == null ? null : tuple.getValueNode(), line(key), variables, problems);
    }

    void sections(String key, Consumer<YamlSection> each) {
        if (!has(key)) {
            return;
        }
        if (!(node(key) instanceof SequenceNode sequence)) {
            problem(key, "expected a list (lines that begin with \"- \"), found " + kind(node(key)));
            return;
        }
        for (int i = 0; i < sequence.getValue().size(); i++) {
            Node node = sequence.getValue().get(i);
            YamlSection section = new YamlSection(path(key) + "[" + i + "]", node, lineOf(node), variables, problems);
            each.accept(section);
            section.finish();
        }
    }

    void namedSections(String key, BiConsumer<String, YamlSection> each) {
        YamlSection all = section(key);
        for (String name : all.names()) {
            YamlSection section = all.section(name);
            each.accept(name, section);
            section.finish();
        }
    }

    /** Reports the keys that nobody asked for. */
    void finish() {
        tuples.forEach((key, tuple) -> {
            if (!known.contains(key)) {
                problems.add(
                        lineOf(tuple.getKeyNode()),
                        path(key),
                        "unknown key" + Similar.hint(key, known) + "; expected one of " + String.join(", ", known));
            }
        });
    }

    private <T> Optional<T> value(String at, Node node, Function<String, T> parser) {
        return scalar(at, node).flatMap(text -> {
            try {
                return Optional.of(parser.apply(text));
            } catch (IllegalArgumentException e) {
                problems.add(lineOf(node), at, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    private Optional<String> scalar(String at, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(lineOf(node), at, "expected one value, found " + kind(node));
            return Optional.empty();
        }
        Variables.Expanded expanded = variables.expand(scalar.getValue());
        if (expanded.problem().isPresent()) {
            problems.add(lineOf(node), at, expanded.problem().get());
            return Optional.empty();
        }
        return Optional.of(expanded.value());
    }

    private Node node(String key) {
        NodeTuple tuple = tuples.get(key);
        if (tuple == null) {
            throw new IllegalStateException("no key " + path(key));
        }
        return tuple.getValueNode();
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isEmpty(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    private static String kind(Node node) {
        return switch (node) {
            case MappingNode ignored -> "a mapping";
            case SequenceNode ignored -> "a list";
            default -> "a single value";
        };
    }
}
