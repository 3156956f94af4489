package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An event as people write it, and as it is hashed: without spaces and names, with each type's full name.
 *
 * @see <a href="https://docs.soliditylang.org/en/latest/abi-spec.html#types">the types of the ABI</a>
 */
final class EventSignature {
    private static final String NAME = "[A-Za-z_$][A-Za-z0-9_$]*";
    private static final Pattern EVENT =
            Pattern.compile("(?s)\\s*(?:event\\s+)?(" + NAME + ")\\s*\\((.*)\\)\\s*;?\\s*");
    private static final Pattern AFTER_TYPE =
            Pattern.compile("((?:\\[[0-9]*])*)(?:\\s+indexed)?(?:\\s+" + NAME + ")?\\s*");
    private static final Pattern TYPE = Pattern.compile("address|bool|string|function|bytes(?:[1-9]|[12][0-9]|3[0-2])?"
            + "|u?int([1-9][0-9]{0,2})|u?fixed([1-9][0-9]{0,2})x(?:[0-9]|[1-7][0-9]|80)");

    private final String written;

    private EventSignature(String written) {
        this.written = written;
    }

    /** Such as {@code Transfer(address,address,uint256)}. */
    static String canonical(String written) {
        Matcher event = EVENT.matcher(requireNonNull(written, "signature"));
        if (!event.matches()) {
            throw new IllegalArgumentException(
                    "signature must be like Transfer(address,address,uint256), was " + written);
        }
        return event.group(1) + new EventSignature(written).types(event.group(2));
    }

    private String types(String parameters) {
        List<String> types = new ArrayList<>();
        if (!parameters.isBlank()) {
            int start = 0;
            int depth = 0;
            for (int i = 0; i < parameters.length(); i++) {
                char c = parameters.charAt(i);
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                if (c == ',' && depth == 0) {
                    types.add(type(parameters.substring(start, i)));
                    start = i + 1;
                }
            }
            types.add(type(parameters.substring(start)));
        }
        return '(' + String.join(",", types) + ')';
    }

    /** Of a parameter, which may be indexed and have a name. */
    private String type(String given) {
        String parameter = given.strip();
        boolean isTuple = parameter.startsWith("(") || parameter.startsWith("tuple(");
        int end = isTuple ? parameter.lastIndexOf(')') + 1 : endOfWord(parameter);
        Matcher after = AFTER_TYPE.matcher(parameter.substring(end));
        if ((isTuple && end == 0) || !after.matches()) {
            throw unknown(parameter);
        }
        String type = isTuple
                ? types(parameter.substring(parameter.indexOf('(') + 1, end - 1))
                : elementary(parameter.substring(0, end));
        return type + after.group(1);
    }

    private static int endOfWord(String parameter) {
        int end = 0;
        while (end < parameter.length() && Character.isLetterOrDigit(parameter.charAt(end))) {
            end++;
        }
        return end;
    }

    private String elementary(String word) {
        String full = switch (word) {
            case "uint", "int" -> word + "256";
            case "ufixed", "fixed" -> word + "128x18";
            default -> word;
        };
        Matcher type = TYPE.matcher(full);
        if (!type.matches() || !isSize(type.group(1)) || !isSize(type.group(2))) {
            throw unknown(word);
        }
        return full;
    }

    private static boolean isSize(@Nullable String bits) {
        return bits == null || (Integer.parseInt(bits) % 8 == 0 && Integer.parseInt(bits) <= 256);
    }

    private IllegalArgumentException unknown(String type) {
        return new IllegalArgumentException(
                "signature must have types such as address, uint256 or bytes32, had '" + type + "' in " + written);
    }
}
