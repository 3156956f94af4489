package dev.tocsin.filters;

import java.util.Optional;

/** The sign between two values. */
enum Comparison {
    AT_LEAST(">="),
    MORE(">"),
    AT_MOST("<="),
    LESS("<"),
    EQUAL("=="),
    NOT_EQUAL("!=");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    static Optional<Comparison> of(String sign) {
        for (Comparison comparison : values()) {
            if (comparison.sign.equals(sign)) {
                return Optional.of(comparison);
            }
        }
        return Optional.empty();
    }

    /** Whether it holds, given how left and right compare. */
    boolean holds(int order) {
        return switch (this) {
            case AT_LEAST -> order >= 0;
            case MORE -> order > 0;
            case AT_MOST -> order <= 0;
            case LESS -> order < 0;
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
        };
    }

    boolean isOrdering() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    @Override
    public String toString() {
        return sign;
    }
}
