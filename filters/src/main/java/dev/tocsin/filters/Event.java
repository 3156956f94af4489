package dev.tocsin.filters;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A log, decoded. Its fields are asked for by the name that the signature gave them and by the type they have; a wrong name or type
 * is a mistake in the program and throws. Immutable, safe for use by many threads.
 */
public final class Event implements Decoded {
    private final EventDecoder decoder;
    private final Log log;
    // BigInteger, String (address), Boolean or byte[] (bytes, string, hash), one a parameter
    private final Object[] values;

    Event(EventDecoder decoder, Log log, Object[] values) {
        this.decoder = decoder;
        this.log = log;
        this.values = values;
    }

    /** The same values under the field names of another decoder of the same shape. */
    Event as(EventDecoder other) {
        return other.equals(decoder) ? this : new Event(other, log, values);
    }

    EventDecoder decoder() {
        return decoder;
    }

    Object value(int index) {
        return values[index];
    }

    /**
     * The event's name, without its types.
     *
     * @return the name, as {@code Transfer}
     */
    public String name() {
        return decoder.name();
    }

    /**
     * The log this was decoded from.
     *
     * @return the log
     */
    public Log log() {
        return log;
    }

    /**
     * A field of type {@code uintN} or {@code intN}.
     *
     * @param field the field's name
     * @return its value, exact
     * @throws IllegalArgumentException if there is no such field, or it is no number
     */
    public BigInteger number(String field) {
        int index = decoder.indexOf(field);
        if (values[index] instanceof BigInteger number) {
            return number;
        }
        throw decoder.wrongType(index, "number");
    }

    /**
     * A field of type {@code address}.
     *
     * @param field the field's name
     * @return {@code 0x} and 40 hexadecimal digits in lower case
     * @throws IllegalArgumentException if there is no such field, or it is no address
     */
    public String address(String field) {
        int index = decoder.indexOf(field);
        if (values[index] instanceof String address) {
            return address;
        }
        throw decoder.wrongType(index, "address");
    }

    /**
     * A field of type {@code bool}.
     *
     * @param field the field's name
     * @return its value
     * @throws IllegalArgumentException if there is no such field, or it is no bool
     */
    public boolean bool(String field) {
        int index = decoder.indexOf(field);
        if (values[index] instanceof Boolean bool) {
            return bool;
        }
        throw decoder.wrongType(index, "bool");
    }

    /**
     * A field of type {@code bytesN}, {@code bytes} or {@code string}; of an indexed {@code bytes} or {@code string} the 32 bytes of
     * its hash, which is all that the chain has.
     *
     * @param field the field's name
     * @return a copy of its bytes
     * @throws IllegalArgumentException if there is no such field, or it has no bytes
     */
    public byte[] bytes(String field) {
        int index = decoder.indexOf(field);
        if (values[index] instanceof byte[] bytes) {
            return bytes.clone();
        }
        throw decoder.wrongType(index, "bytes");
    }

    /**
     * A field of type {@code string} that is not indexed. No chain checks the bytes of a string: what is no UTF-8 becomes U+FFFD
     * here, and {@link #bytes} has the bytes as they are.
     *
     * @param field the field's name
     * @return its text
     * @throws IllegalArgumentException if there is no such field, or it is no string, or an indexed one
     */
    public String text(String field) {
        int index = decoder.indexOf(field);
        Parameter parameter = decoder.parameters().get(index);
        if (parameter.type().kind() == AbiType.Kind.STRING
                && !parameter.isHashed()
                && values[index] instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        throw decoder.wrongType(index, "text");
    }

    /**
     * All fields in the order of the signature, for messages and JSON: numbers as {@code BigInteger}, addresses as {@code String},
     * bools as {@code Boolean}, strings as {@code String}, bytes and hashes as {@code String} of {@code 0x} and hexadecimal digits.
     *
     * @return an unmodifiable map from field name to value
     */
    public Map<String, Object> values() {
        Map<String, Object> all = LinkedHashMap.newLinkedHashMap(values.length);
        for (int i = 0; i < values.length; i++) {
            Parameter parameter = decoder.parameters().get(i);
            all.put(parameter.name(), readable(parameter, values[i]));
        }
        return Collections.unmodifiableMap(all);
    }

    static Object readable(Parameter parameter, Object value) {
        if (value instanceof byte[] bytes) {
            boolean isText = parameter.type().kind() == AbiType.Kind.STRING && !parameter.isHashed();
            return isText ? new String(bytes, StandardCharsets.UTF_8) : Hex.of(bytes);
        }
        return value;
    }

    /** For people: the name and the values. */
    @Override
    public String toString() {
        return name() + values();
    }
}
