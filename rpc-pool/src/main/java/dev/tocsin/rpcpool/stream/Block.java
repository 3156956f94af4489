package dev.tocsin.rpcpool.stream;

/** A header and its log filter. */
record Block(Header header, Bloom bloom) {
    long number() {
        return header.number();
    }

    String hash() {
        return header.hash();
    }

    boolean isChildOf(Block parent) {
        return number() == parent.number() + 1 && header.parentHash().equals(parent.hash());
    }
}
