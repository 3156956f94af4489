package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.error.ErrorClass;
import tools.jackson.databind.JsonNode;

/** What the relay said to a call. */
sealed interface Reply {

    /** The {@code result} of JSON-RPC. */
    record Answered(JsonNode result) implements Reply {}

    /** It has certainly not done it. */
    record Rejected(ErrorClass errorClass, String message) implements Reply {}

    /** It may or may not have done it. */
    record Open(String cause) implements Reply {}
}
