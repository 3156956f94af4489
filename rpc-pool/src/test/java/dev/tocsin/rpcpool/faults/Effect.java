package dev.tocsin.rpcpool.faults;

import tools.jackson.databind.JsonNode;

/** What a fault does. */
sealed interface Effect {

    record Delay(long leastNanos, long mostNanos) implements Effect {}

    record Reset() implements Effect {}

    record LostAnswer() implements Effect {}

    record Truncated() implements Effect {}

    record Http(int status, String retryAfter, String body) implements Effect {}

    record Error(int code, String message) implements Effect {}

    record Lag(int blocks) implements Effect {}

    record Gzip() implements Effect {}

    record Wrong(JsonNode result) implements Effect {}

    record Batch(Fault.BatchReply reply) implements Effect {}
}
