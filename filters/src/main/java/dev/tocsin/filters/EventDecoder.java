package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Decodes the logs of one event, given as Solidity writes it.
 *
 * <p>Types: {@code uintN}, {@code intN}, {@code address}, {@code bool}, {@code bytesN}, {@code bytes} and {@code string}, indexed or
 * not; arrays, tuples and anonymous events not yet. Of an indexed {@code bytes} or {@code string} a log has only the hash.
 *
 * <p>Strict: a log with another number of topics, too little or too much data, or a value that the type cannot hold (a {@code bool} of
 * 2, an address with bytes above its 20, a {@code uint8} of 256) is {@link NotThisEvent}. One thing is forgiven, because real
 * contracts do it: the zeros that should fill up the last word of the data may be missing.
 *
 * <p>Immutable, safe for use by many threads. Equal if the event, its indexed flags and its field names are equal.
 */
public final class EventDecoder {
    private final String name;
    private final List<Parameter> parameters;
    private final String signature;
    private final String topic0;
    private final LogReader reader;

    EventDecoder(String name, List<Parameter> parameters) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        this.signature =
                name + parameters.stream().map(p -> p.type().toString()).collect(Collectors.joining(",", "(", ")"));
        this.topic0 = Hex.of(Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII)));
        this.reader = new LogReader(this.parameters);
    }

    /**
     * Reads an event as Solidity writes it. The word {@code event} and the semicolon may be left out; a parameter without a name is
     * called {@code arg0}, {@code arg1} and so on by its position.
     *
     * @param event as {@code event Transfer(address indexed from, address indexed to, uint256 value)}
     * @return its decoder
     * @throws FilterSyntaxException if the text is no event, or has a type that is not supported yet
     */
    public static EventDecoder of(String event) {
        return new EventParser(requireNonNull(event, "event")).parse();
    }

    /**
     * The event's name. Different events may share it: Uniswap V2 and V3 both have a {@code Swap}.
     *
     * @return the name, as {@code Transfer}
     */
    public String name() {
        return name;
    }

    /**
     * The canonical signature.
     *
     * @return the signature, as {@code Transfer(address,address,uint256)}
     */
    public String signature() {
        return signature;
    }

    /**
     * The Keccak-256 hash of the signature, the first topic of each log of this event.
     *
     * @return {@code 0x} and 64 hexadecimal digits in lower case
     */
    public String topic0() {
        return topic0;
    }

    /**
     * The names of the parameters.
     *
     * @return the names, in the order of the signature
     */
    public List<String> fields() {
        return parameters.stream().map(Parameter::name).toList();
    }

    /**
     * Decodes a log. Never throws for what a log contains.
     *
     * @param log the log
     * @return the event, or why the log is not of it
     */
    public Decoded decode(Log log) {
        List<String> topics = log.topics();
        if (topics.isEmpty()) {
            return new NotThisEvent("the log is anonymous: it has no topic");
        }
        if (!topics.get(0).equalsIgnoreCase(topic0)) {
            return new NotThisEvent("the first topic is not that of " + signature);
        }
        return switch (reader.read(log)) {
            case LogReader.Values v -> new Event(this, log, v.values());
            case LogReader.Misfit m -> new NotThisEvent(m.why());
        };
    }

    List<Parameter> parameters() {
        return parameters;
    }

    /** True if each log is read alike by both, whatever they call the fields. */
    boolean hasShapeOf(EventDecoder other) {
        if (!signature.equals(other.signature)) {
            return false;
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).indexed() != other.parameters.get(i).indexed()) {
                return false;
            }
        }
        return true;
    }

    int indexOf(String field) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(field)) {
                return i;
            }
        }
        throw new IllegalArgumentException("field must be one of " + fields() + " of " + signature + ", was " + field);
    }

    IllegalArgumentException wrongType(int index, String asked) {
        Parameter parameter = parameters.get(index);
        String only = parameter.isHashed() ? "; being indexed, only its hash is on the chain: ask for bytes" : "";
        return new IllegalArgumentException("field must be a " + asked + ", but " + name + " has " + parameter + only);
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof EventDecoder that && name.equals(that.name) && parameters.equals(that.parameters);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + parameters.hashCode();
    }

    /** The event as Solidity writes it, with canonical types. */
    @Override
    public String toString() {
        return parameters.stream()
                .map(Parameter::toString)
                .collect(Collectors.joining(", ", "event " + name + "(", ")"));
    }
}
