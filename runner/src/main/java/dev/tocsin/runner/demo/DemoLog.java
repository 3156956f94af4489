package dev.tocsin.runner.demo;

import java.util.List;

/** A log in its block: its own content to the letter, and where it stands. Hex strings as in JSON-RPC, lower case. */
record DemoLog(
        String address, List<String> topics, String data, String transactionHash, int transactionIndex, int logIndex) {}
