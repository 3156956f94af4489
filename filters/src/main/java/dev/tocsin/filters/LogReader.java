package dev.tocsin.filters;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the values of one event's parameters out of topics and data, strictly. */
final class LogReader {
    /** What was read. */
    sealed interface Reading {}

    /** A value for each parameter. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once and never compared
    record Values(Object[] values) implements Reading {}

    /** The log does not fit. */
    record Misfit(String why) implements Reading {}

    private final List<Parameter> parameters;
    private final int topicCount;
    private final int headLength;
    private final boolean hasTail;

    LogReader(List<Parameter> parameters) {
        this.parameters = parameters;
        int indexed = (int) parameters.stream().filter(Parameter::indexed).count();
        this.topicCount = 1 + indexed;
        this.headLength = (parameters.size() - indexed) * AbiType.WORD;
        this.hasTail =
                parameters.stream().anyMatch(p -> !p.indexed() && p.type().isDynamic());
    }

    Reading read(Log log) {
        List<String> topics = log.topics();
        if (topics.size() != topicCount) {
            return new Misfit("topics: expected " + topicCount + ", found " + topics.size());
        }
        byte[] data = Hex.parse(log.data());
        if (data == null) {
            return new Misfit("data: expected 0x and pairs of hexadecimal digits");
        }
        if (hasTail ? data.length < headLength : data.length != headLength) {
            return new Misfit(
                    "data: expected " + (hasTail ? "at least " : "") + headLength + " bytes, found " + data.length);
        }
        return values(topics, data);
    }

    private Reading values(List<String> topics, byte[] data) {
        Object[] values = new Object[parameters.size()];
        int topic = 1;
        int head = 0;
        int end = headLength;
        for (int i = 0; i < values.length; i++) {
            Parameter parameter = parameters.get(i);
            Object value;
            if (parameter.indexed()) {
                value = ofTopic(parameter, topics.get(topic++));
            } else {
                value = parameter.type().isDynamic()
                        ? ofTail(data, head)
                        : parameter.type().read(data, head);
                if (parameter.type().isDynamic() && value instanceof byte[] bytes) {
                    end = Math.max(end, offsetAt(data, head) + AbiType.WORD + ceil(bytes.length));
                }
                head += AbiType.WORD;
            }
            if (value == null) {
                return new Misfit(parameter.name() + ": the log has no clean " + parameter.type());
            }
            values[i] = value;
        }
        return data.length > end
                ? new Misfit("data: expected at most " + end + " bytes, found " + data.length)
                : new Values(values);
    }

    private static @Nullable Object ofTopic(Parameter parameter, String topic) {
        byte[] word = Hex.parse(topic);
        if (word == null || word.length != AbiType.WORD) {
            return null;
        }
        return parameter.type().isDynamic() ? word : parameter.type().read(word, 0);
    }

    /** The bytes that the head at this place points to, or null if they are not all there or end in dirt. */
    private byte @Nullable [] ofTail(byte[] data, int head) {
        int offset = offsetAt(data, head);
        if (offset < headLength || offset > data.length - AbiType.WORD) {
            return null;
        }
        int length = offsetAt(data, offset);
        int start = offset + AbiType.WORD;
        if (length < 0 || length > data.length - start) {
            return null;
        }
        int stop = start + length;
        // the zeros up to a whole word may be missing at the end of the data: a real wallet (event Invoked) leaves them
        // out
        int padded = (int) Math.min(data.length, (long) start + ceil(length));
        return AbiType.isAll(data, stop, padded, 0) ? Arrays.copyOfRange(data, start, stop) : null;
    }

    /** The number in this word if it could be a place in the data, or -1. */
    private static int offsetAt(byte[] data, int at) {
        int last = at + AbiType.WORD - Integer.BYTES;
        if (!AbiType.isAll(data, at, last, 0)) {
            return -1;
        }
        int number = 0;
        for (int i = last; i < at + AbiType.WORD; i++) {
            number = (number << 8) | (data[i] & 0xFF);
        }
        return number < 0 ? -1 : number;
    }

    private static int ceil(int length) {
        return (length + AbiType.WORD - 1) & -AbiType.WORD;
    }
}
