package dev.tocsin.runner.config;

import static java.util.Objects.requireNonNull;

import dev.tocsin.filters.Units;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import redis.clients.jedis.DefaultJedisClientConfig;

/** Reads the YAML file into a {@link TocsinConfig}, or says everything that is wrong with it. Connects to nothing. */
public final class ConfigReader {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int REDIS_PORT = 6379;
    private static final int LONGEST_INSTANCE = 256;

    private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,31}");
    private static final Pattern HOSTLESS = Pattern.compile("[A-Za-z]+://(:\\d*)?([/?#]|$)");

    private final String file;
    private final Variables variables;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private ConfigReader(String file, Variables variables) {
        this.file = file;
        this.variables = variables;
    }

    /**
     * Reads a file, with the variables of the environment.
     *
     * @param path the file
     * @return the configuration
     * @throws ConfigException if anything is wrong; it carries every problem
     */
    public static TocsinConfig read(Path path) {
        String text;
        try {
            text = Files.readString(path);
        } catch (CharacterCodingException e) {
            String why = "is not UTF-8; expected a YAML file saved as UTF-8";
            throw new ConfigException(List.of(new ConfigProblem(path.toString(), 0, "", why)));
        } catch (IOException e) {
            String why = Files.isDirectory(path)
                    ? "is a folder; expected a YAML file"
                    : Files.exists(path)
                            ? "cannot be read: " + (Files.isReadable(path) ? e.getMessage() : "permission denied")
                            : "there is no such file; expected a YAML file such as examples/tocsin.yml";
            throw new ConfigException(List.of(new ConfigProblem(path.toString(), 0, "", why)));
        }
        return parse(path.toString(), text, System::getenv);
    }

    /**
     * Reads a text.
     *
     * @param file the name to use in messages
     * @param text the YAML
     * @param environment looks up {@code ${VAR}}
     * @return the configuration
     * @throws ConfigException if anything is wrong; it carries every problem
     */
    public static TocsinConfig parse(String file, String text, UnaryOperator<@Nullable String> environment) {
        return new ConfigReader(file, new Variables(environment)).config(text);
    }

    private TocsinConfig config(String text) {
        Node node;
        try {
            node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new ConfigException(List.of(new ConfigProblem(file, line, "", "is not YAML: " + e.getProblem())));
        } catch (YAMLException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new ConfigException(List.of(new ConfigProblem(file, 0, "", "is not YAML: " + why)));
        }
        if (node == null) {
            throw new ConfigException(List.of(new ConfigProblem(
                    file, 0, "", "is empty; expected at least the sections nodes, watches and gateways")));
        }
        YamlSection root = new YamlSection("", node, 1, variables, new YamlSection.Problems(file, problems));
        TocsinConfig config = bind(root);
        root.finish();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream()
                    .map(problem -> new ConfigProblem(
                            problem.file(),
                            problem.line(),
                            variables.withoutGiven(problem.key()),
                            variables.withoutGiven(problem.message())))
                    .sorted((a, b) -> Integer.compare(a.line(), b.line()))
                    .toList());
        }
        return config;
    }

    private TocsinConfig bind(YamlSection root) {
        TocsinConfig.Environment environment =
                root.choice("environment", TocsinConfig.Environment.class, TocsinConfig.Environment.DEV);
        String instance = root.text("instance")
                .orElseGet(() -> "tocsin-" + UUID.randomUUID().toString().substring(0, 8));
        if (instance.length() > LONGEST_INSTANCE) {
            root.problem("instance", "expected at most " + LONGEST_INSTANCE + " characters, had " + instance.length());
        }
        TocsinConfig.LogLevel log = root.choice("log", TocsinConfig.LogLevel.class, TocsinConfig.LogLevel.INFO);
        TocsinConfig.Nodes nodes = nodes(root);
        TocsinConfig.Stream stream = stream(root.section("stream"));
        Map<String, WatchReader.Token> tokens = tokens(root);
        Units units = units(root.section("tokens"), tokens);
        List<TocsinConfig.Watch> watches = watches(root, tokens, units);
        GatewayReader.Gateways gateways = new GatewayReader().read(root);
        AlertingReader alerting = new AlertingReader(gateways.names());
        AlertingReader.Alerting routes = alerting.read(root);
        Optional<TocsinConfig.Redis> redis = redis(root);
        TocsinConfig.State state = state(root);
        TocsinConfig.Http http = http(root);
        return new TocsinConfig(
                file,
                environment,
                instance,
                log,
                nodes,
                stream,
                units,
                watches,
                routes.route(),
                routes.receivers(),
                gateways.right(),
                redis,
                state,
                http);
    }

    private TocsinConfig.Nodes nodes(YamlSection root) {
        YamlSection section = root.section("nodes");
        Set<URI> seen = new HashSet<>();
        Function<String, URI> http = value -> once(url(value, Set.of("http", "https")), seen);
        Function<String, URI> webSocket = value -> once(url(value, Set.of("ws", "wss")), seen);
        TocsinConfig.Nodes nodes = new TocsinConfig.Nodes(
                new Place(file, section.line("primary"), "nodes.primary"),
                new Place(file, section.line("chain"), "nodes.chain"),
                section.has("chain")
                        ? OptionalLong.of(section.number("chain", 1, 1, Long.MAX_VALUE))
                        : OptionalLong.empty(),
                section.atLeastOne("primary", "at least one node URL such as http://127.0.0.1:8545", http),
                section.list("fallback", http),
                section.list("websocket", webSocket),
                section.duration("timeout", Duration.ofSeconds(10), Duration.ofMillis(10), HOUR),
                section.integer("attempts", 3, 1, 20),
                section.duration("retry-delay", Duration.ofMillis(200), Duration.ZERO, Duration.ofMinutes(1)),
                section.duration("health-check", Duration.ofSeconds(10), Duration.ofMillis(100), HOUR),
                section.integer("max-connections", 64, 1, 10_000),
                section.choice("selection", TocsinConfig.Selection.class, TocsinConfig.Selection.FASTEST),
                section.integer("hedges", 10, 0, 100));
        section.finish();
        return nodes;
    }

    private TocsinConfig.Stream stream(YamlSection section) {
        Function<String, OptionalLong> from = value -> value.equals("head")
                ? OptionalLong.empty()
                : OptionalLong.of(YamlSection.number(value, "head or a block number", 0, Long.MAX_VALUE));
        TocsinConfig.Stream stream = new TocsinConfig.Stream(
                section.parsed("from", from).orElse(OptionalLong.empty()),
                section.integer("confirmations", 0, 0, 100),
                section.duration("poll", Duration.ofSeconds(1), TICK, HOUR),
                section.text("logs", "watched").equals("all"));
        section.parsed("logs", value -> {
            if (!value.equals("all") && !value.equals("watched")) {
                throw new IllegalArgumentException("expected all or watched, was \"" + value + "\"");
            }
            return value;
        });
        section.finish();
        return stream;
    }

    private Map<String, WatchReader.Token> tokens(YamlSection root) {
        Map<String, WatchReader.Token> tokens = new LinkedHashMap<>();
        root.namedSections("tokens", (symbol, section) -> {
            int decimals = section.integer("decimals", 18, 0, 77);
            boolean hasAddress = section.has("address");
            Optional<String> address = section.parsed("address", AddressText::parse);
            tokens.put(symbol, new WatchReader.Token(hasAddress, address, decimals));
        });
        return tokens;
    }

    private static Units units(YamlSection section, Map<String, WatchReader.Token> tokens) {
        Map<String, Integer> decimals = new LinkedHashMap<>();
        tokens.forEach((symbol, token) -> {
            if (SYMBOL.matcher(symbol).matches()) {
                decimals.put(symbol, token.decimals());
            } else {
                section.problem(
                        symbol,
                        "a token's name must be 1 to 32 letters, digits, _ and ., beginning with a letter or _, was \""
                                + symbol + "\"");
            }
        });
        return Units.of(decimals);
    }

    private List<TocsinConfig.Watch> watches(YamlSection root, Map<String, WatchReader.Token> tokens, Units units) {
        WatchReader reader = new WatchReader(tokens, units);
        List<TocsinConfig.Watch> watches = new ArrayList<>();
        root.sections("watches", section -> reader.read(section).ifPresent(watches::add));
        if (root.isMissing("watches")) {
            root.missing("watches", "a list of at least one thing to look for");
        }
        return List.copyOf(watches);
    }

    private Optional<TocsinConfig.Redis> redis(YamlSection root) {
        YamlSection section = root.section("coordination");
        Optional<TocsinConfig.Redis> redis = Optional.empty();
        boolean wanted = section.has("redis");
        Optional<URI> url = section.parsed("redis", ConfigReader::redisUrl);
        String namespace = section.parsed("namespace", ConfigReader::namespace).orElse("tocsin");
        Duration lease =
                section.duration("lease", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(10));
        if (wanted && url.isPresent()) {
            redis = Optional.of(new TocsinConfig.Redis(
                    new Place(file, section.line("redis"), "coordination.redis"), url.get(), namespace, lease));
        }
        section.finish();
        return redis;
    }

    private TocsinConfig.State state(YamlSection root) {
        YamlSection section = root.section("state");
        TocsinConfig.State state = new TocsinConfig.State(
                new Place(file, section.line("file"), "state.file"),
                section.parsed("file", ConfigReader::stateFile).orElse(Path.of("data/tocsin.db")),
                section.duration("keep", Duration.ofDays(30), HOUR, Duration.ofDays(3650)));
        section.finish();
        return state;
    }

    private TocsinConfig.Http http(YamlSection root) {
        YamlSection section = root.section("http");
        String metrics = section.text("metrics", "/metrics");
        if (!metrics.startsWith("/")) {
            section.problem("metrics", "expected a path that begins with \"/\", was \"" + metrics + "\"");
        }
        TocsinConfig.Http http = new TocsinConfig.Http(
                new Place(file, section.line("port"), "http.port"),
                section.text("host", "127.0.0.1"),
                section.integer("port", 9464, 0, 65_535),
                metrics);
        section.finish();
        return http;
    }

    private static Path stateFile(String text) {
        Path file = Path.of(text);
        if (text.isBlank() || file.getFileName() == null) {
            throw new IllegalArgumentException(
                    (text.isBlank() ? "is empty; " : "is a folder; ") + "expected a file such as data/tocsin.db");
        }
        return file;
    }

    /** The message does not repeat the URL, as {@link #url}. */
    private static URI once(URI url, Set<URI> seen) {
        if (!seen.add(url)) {
            throw new IllegalArgumentException("the same URL stands twice under nodes; keep one");
        }
        return url;
    }

    /** With a port, which the client wants to see. */
    private static URI redisUrl(String text) {
        URI url = url(text, Set.of("redis", "rediss"));
        try {
            if (url.getPort() < 0) {
                String authority = url.getRawAuthority();
                String end = authority.endsWith(":") ? "" : ":";
                String rest = text.strip().substring(text.strip().indexOf(authority) + authority.length());
                url = URI.create(url.getScheme() + "://" + authority + end + REDIS_PORT + rest);
            }
            requireNonNull(DefaultJedisClientConfig.builder(url), "client");
            return url;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected a URL such as redis://user:password@127.0.0.1:6379/0; the client cannot read this one",
                    null);
        }
    }

    private static String namespace(String text) {
        if (!text.matches("[a-z0-9._-]{1,128}")) {
            throw new IllegalArgumentException("expected 1 to 128 of a-z 0-9 . - _, was \"" + text + "\"");
        }
        return text;
    }

    /** The message never repeats the URL: it may hold a key. */
    static URI url(String text, Set<String> schemes) {
        String expected = "expected a URL that begins with "
                + String.join(
                        " or ",
                        schemes.stream().sorted().map(scheme -> scheme + "://").toList());
        String stripped = text.strip();
        if (stripped.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(expected + "; a blank stands in it");
        }
        if (HOSTLESS.matcher(stripped).lookingAt()) {
            throw new IllegalArgumentException(expected + "; the host is missing");
        }
        URI url;
        try {
            url = URI.create(stripped);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected + "; what stands there is not a URL", null);
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            // without "//" the scheme may be a host: localhost:8545
            boolean named = stripped.regionMatches(true, 0, scheme + "://", 0, scheme.length() + 3);
            throw new IllegalArgumentException(
                    expected + (named ? ", was " + scheme + "://" : "; it begins with neither"));
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw new IllegalArgumentException(expected + " and has a port of 1 to 65535");
        }
        if (url.getHost() == null) {
            throw new IllegalArgumentException(expected + " and names a host of letters, digits, - and .");
        }
        return url;
    }
}
