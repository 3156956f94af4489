package dev.tocsin.filters;

/** One parameter of an event. */
record Parameter(String name, AbiType type, boolean indexed) {
    /** An indexed dynamic value is not on the chain, only its hash. */
    boolean isHashed() {
        return indexed && type.isDynamic();
    }

    /** As Solidity has it: {@code address indexed from}. */
    @Override
    public String toString() {
        return type + (indexed ? " indexed " : " ") + name;
    }
}
