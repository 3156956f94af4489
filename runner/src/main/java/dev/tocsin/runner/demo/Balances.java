package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Who holds how much of what. A pool's reserves are its balances. Not thread-safe. */
final class Balances {

    private final Map<Token, Map<String, BigInteger>> byToken = new EnumMap<>(Token.class);

    Balances() {
        for (Token token : Token.values()) {
            byToken.put(token, new HashMap<>());
        }
    }

    Balances copy() {
        Balances copy = new Balances();
        byToken.forEach((token, balances) -> copy.of(token).putAll(balances));
        return copy;
    }

    BigInteger get(Token token, String holder) {
        return of(token).getOrDefault(holder, BigInteger.ZERO);
    }

    BigInteger total(Token token) {
        return of(token).values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    }

    void mint(Token token, String holder, BigInteger amount) {
        of(token).merge(holder, amount, BigInteger::add);
    }

    /** Moves an amount; false, and nothing moved, if there is not so much. */
    boolean move(Token token, String from, String to, BigInteger amount) {
        if (get(token, from).compareTo(amount) < 0) {
            return false;
        }
        of(token).merge(from, amount.negate(), BigInteger::add);
        of(token).merge(to, amount, BigInteger::add);
        return true;
    }

    private Map<String, BigInteger> of(Token token) {
        return byToken.computeIfAbsent(token, any -> new HashMap<>());
    }
}
