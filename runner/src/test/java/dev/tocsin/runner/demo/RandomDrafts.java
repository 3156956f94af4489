package dev.tocsin.runner.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Blocks of random logs over few addresses and topics, so that random filters meet them often. */
final class RandomDrafts {

    static final List<String> ADDRESSES = values(4, "address ", 26);
    static final List<String> TOPICS = values(5, "topic ", 2);

    private final Random random;
    private int made;

    RandomDrafts(long seed) {
        this.random = new Random(seed);
    }

    Draft next() {
        List<Draft.Transaction> transactions = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            transactions.add(transaction(random.nextInt(5)));
        }
        return new Draft(transactions, "test");
    }

    Draft.Transaction transaction(int logCount) {
        List<Draft.Log> logs = new ArrayList<>();
        for (int i = 0; i < logCount; i++) {
            List<String> topics = new ArrayList<>();
            int topicCount = random.nextInt(5);
            for (int j = 0; j < topicCount; j++) {
                topics.add(any(TOPICS));
            }
            byte[] data = new byte[random.nextInt(70)];
            random.nextBytes(data);
            logs.add(new Draft.Log(any(ADDRESSES), topics, Hex.data(data)));
        }
        return new Draft.Transaction(
                Hex.hashOf("random transaction " + made++), any(ADDRESSES), any(ADDRESSES), true, 21_000, logs);
    }

    private String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static List<String> values(int count, String prefix, int from) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add("0x" + Hex.hashOf(prefix + i).substring(from));
        }
        return List.copyOf(values);
    }
}
