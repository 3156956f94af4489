package dev.tocsin.rpcpool.internal.read;

import tools.jackson.databind.JsonNode;

/** About how much memory an answer takes, so that what is kept of answers can be bounded. */
final class HeapSize {

    private static final long NODE = 24;
    private static final long TEXT = 64; // a node, a string and its array
    private static final long CONTAINER = 64;
    private static final long FIELD = 48; // an entry of a linked map; the names are shared
    private static final long ELEMENT = 8;

    private HeapSize() {}

    /** In bytes. */
    static long of(JsonNode tree) {
        return switch (tree.getNodeType()) {
            case STRING -> TEXT + tree.stringValue().length();
            case OBJECT, ARRAY -> {
                long each = tree.isObject() ? FIELD : ELEMENT;
                long size = CONTAINER;
                for (JsonNode child : tree) {
                    size += each + of(child);
                }
                yield size;
            }
            case BINARY, BOOLEAN, MISSING, NULL, NUMBER, POJO -> NODE;
        };
    }

    /** In bytes. */
    static long of(String text) {
        return TEXT + text.length();
    }
}
