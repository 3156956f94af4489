package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The most in a day: what was settled today and all that is open must not be more. */
final class DailyLimit implements SpendingLimits {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final BigInteger most;
    private final InstantSource clock;
    private final Cell cell;
    private volatile Book seen = new Book(LocalDate.EPOCH, BigInteger.ZERO, Map.of()); // as last read or written here

    DailyLimit(BigInteger most, InstantSource clock, Cell cell) {
        if (most.signum() < 0) {
            throw new IllegalArgumentException("wei must not be negative, was " + most);
        }
        this.most = most;
        this.clock = clock;
        this.cell = cell;
        cell.update(text -> {
            seen = parse(text);
            return text;
        });
    }

    @Override
    public boolean reserve(String key, String owner, BigInteger wei) {
        if (wei.signum() < 0) {
            throw new IllegalArgumentException("wei must not be negative, was " + wei);
        }
        boolean[] reserved = new boolean[1];
        change(book -> {
            boolean fits = book.total().add(wei).compareTo(most) <= 0;
            reserved[0] = fits && book.open.putIfAbsent(key, new Reserved(owner, wei)) == null;
            return book;
        });
        return reserved[0];
    }

    @Override
    public String refusal(String key, BigInteger wei) {
        Book book = seen;
        Reserved reserved = book.open.get(key);
        if (reserved != null) {
            return reserved.wei + " wei are reserved for the key already";
        }
        BigInteger left = most.subtract(book.total()).max(BigInteger.ZERO);
        return wei + " wei are more than is left of the day (" + book.day + ", UTC): " + left + " of " + most + " wei";
    }

    @Override
    public void settle(String key, String owner) {
        change(book -> {
            Reserved reserved = book.remove(key, owner);
            return reserved == null ? book : new Book(book.day, book.spent.add(reserved.wei), book.open);
        });
    }

    @Override
    public void release(String key, String owner) {
        change(book -> {
            book.remove(key, owner);
            return book;
        });
    }

    private void change(UnaryOperator<Book> change) {
        cell.update(text -> {
            Book book = change.apply(parse(text));
            seen = book;
            return book.text();
        });
    }

    private Book parse(String text) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        try {
            return Book.parse(text, today);
        } catch (RuntimeException e) {
            throw new IllegalStateException("line 1 of " + cell + " is not ours", e);
        }
    }

    private record Reserved(String owner, BigInteger wei) {}

    /** What was spent on a day, and what is open. */
    private record Book(LocalDate day, BigInteger spent, Map<String, Reserved> open) {

        BigInteger total() {
            return open.values().stream().map(Reserved::wei).reduce(spent, BigInteger::add);
        }

        /** Null if it is not reserved, or by another. */
        @Nullable Reserved remove(String key, String owner) {
            Reserved reserved = open.get(key);
            return reserved != null && reserved.owner.equals(owner) ? open.remove(key) : null;
        }

        /** As of today, or of the later day that was seen already. */
        static Book parse(String text, LocalDate today) {
            Map<String, Reserved> open = new TreeMap<>();
            if (text.isEmpty()) {
                return new Book(today, BigInteger.ZERO, open);
            }
            JsonNode json = JSON.readTree(text);
            LocalDate day = LocalDate.parse(json.get("day").stringValue());
            BigInteger spent = new BigInteger(json.get("spentWei").stringValue());
            for (Map.Entry<String, JsonNode> entry : json.get("open").properties()) {
                JsonNode reserved = entry.getValue();
                BigInteger wei = new BigInteger(reserved.get("wei").stringValue());
                open.put(entry.getKey(), new Reserved(reserved.get("owner").stringValue(), wei));
            }
            return today.isAfter(day) ? new Book(today, BigInteger.ZERO, open) : new Book(day, spent, open);
        }

        String text() {
            ObjectNode json = JSON.createObjectNode();
            json.put("day", day.toString()).put("spentWei", spent.toString());
            ObjectNode entries = json.putObject("open");
            open.forEach((key, reserved) ->
                    entries.putObject(key).put("owner", reserved.owner).put("wei", reserved.wei.toString()));
            return json.toString() + '\n';
        }
    }
}
