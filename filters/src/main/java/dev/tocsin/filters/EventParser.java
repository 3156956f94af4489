package dev.tocsin.filters;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code [event] Name ( [type [indexed] [name] {, …}] ) [;]}.
 *
 * @see <a href="https://docs.soliditylang.org/en/latest/grammar.html">The Solidity grammar, eventDefinition</a>
 */
final class EventParser {
    private static final String SUBJECT = "event signature";
    private static final int MAX_LENGTH = 2_000;
    private static final int MAX_INDEXED = 3;
    private static final String EXAMPLE =
            "as in: event Transfer(address indexed from, address indexed to, uint256 value)";

    private final Tokens tokens;

    EventParser(String text) {
        this.tokens = new Tokens(SUBJECT, text, MAX_LENGTH);
    }

    EventDecoder parse() {
        if (tokens.at("event")) {
            tokens.next();
        }
        Token name = identifier("the event's name");
        if (!tokens.at("(")) {
            throw tokens.unexpected("( after the event's name", EXAMPLE);
        }
        tokens.next();
        List<Parameter> parameters = parameters();
        if (tokens.at("anonymous")) {
            throw tokens.unexpected("the end", "not supported yet: anonymous events");
        }
        if (tokens.at(";")) {
            tokens.next();
        }
        if (!tokens.atEnd()) {
            throw tokens.unexpected("the end", EXAMPLE);
        }
        return new EventDecoder(name.text(), parameters);
    }

    private List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int indexed = 0;
        if (tokens.at(")")) {
            tokens.next();
            return parameters;
        }
        while (true) {
            AbiType type = type();
            boolean isIndexed = tokens.at("indexed");
            if (isIndexed && ++indexed > MAX_INDEXED) {
                throw tokens.unexpected(
                        "at most three indexed parameters", "a log has four topics, and the first is the event's");
            }
            if (isIndexed) {
                tokens.next();
            }
            String name = "arg" + parameters.size();
            Token at = tokens.peek();
            if (at.kind() == Token.Kind.WORD) {
                name = identifier("the parameter's name").text();
            }
            if (!names.add(name)) {
                throw tokens.unexpectedAt(at, "a name that no other parameter has", "");
            }
            parameters.add(new Parameter(name, type, isIndexed));
            if (tokens.at(")")) {
                tokens.next();
                return parameters;
            }
            if (!tokens.at(",")) {
                throw tokens.unexpected(", or ) after a parameter", EXAMPLE);
            }
            tokens.next();
        }
    }

    private AbiType type() {
        if (tokens.at("(") || tokens.at("tuple")) {
            throw tokens.unexpected("a type that is no tuple", "not supported yet: tuples");
        }
        Token token = word("a type");
        AbiType type = AbiType.named(token.text());
        if (type == null) {
            throw tokens.unexpectedAt(
                    token,
                    "a type: uint8 to uint256, int8 to int256, address, bool, bytes1 to bytes32, bytes or string",
                    "a contract is an address here, an enum a uint8");
        }
        if (tokens.at("[")) {
            throw tokens.unexpected("a type that is no array", "not supported yet: arrays");
        }
        if (tokens.at("payable") && type.kind() == AbiType.Kind.ADDRESS) {
            tokens.next();
        }
        return type;
    }

    private Token identifier(String expected) {
        Token token = word(expected);
        if (token.text().indexOf('.') >= 0) {
            throw tokens.unexpectedAt(token, expected + ", of letters, digits, _ and $", "");
        }
        return token;
    }

    private Token word(String expected) {
        if (tokens.peek().kind() != Token.Kind.WORD) {
            throw tokens.unexpected(expected, EXAMPLE);
        }
        return tokens.next();
    }
}
