package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    @Test
    void theDefaultKeyIsDerivedFromTheContent() {
        String key = Message.of("NodeDown", "no head", AT).key();

        assertThat(key)
                .matches("[0-9a-f]{32}")
                .isEqualTo(Message.of("NodeDown", "no head", AT).key());
        assertThat(key).isNotEqualTo(Message.of("NodeDown", "no head!", AT).key());
        assertThat(key)
                .isNotEqualTo(Message.of("NodeDown", "no head", AT.plusNanos(1)).key());
    }

    @Test
    void changedCopiesLeaveTheOriginalAlone() {
        Message plain = Message.of("t", "x", AT);

        Message full = plain.withKey("k")
                .withHtml("<p>")
                .withSeverity("critical")
                .withFact("b", "2")
                .withFact("a", "1");

        assertThat(plain.facts()).isEmpty();
        assertThat(full.facts().keySet()).containsExactly("a", "b");
        assertThat(full.html()).contains("<p>");
        assertThat(full.key()).isEqualTo("k");
    }

    @Test
    void factsAreCopied() {
        Map<String, String> facts = new HashMap<>(Map.of("a", "1"));
        Message message = Message.of("t", "x", AT).withFacts(facts);

        facts.put("b", "2");

        assertThat(message.facts()).containsOnlyKeys("a");
        assertThatThrownBy(() -> message.facts().put("c", "3")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void unpairedSurrogatesAreReplaced() {
        assertThat(Message.of("a\ud800b", "\udfffx😀", AT).title()).isEqualTo("a?b");
        assertThat(Message.of("t", "\udfffx😀", AT).text()).isEqualTo("?x😀");
    }

    @Test
    void wrongPartsAreNamed() {
        Message message = Message.of("t", "x", AT);

        assertThatThrownBy(() -> message.withKey("a b"))
                .hasMessageContaining("key")
                .hasMessageContaining("'a b'");
        assertThatThrownBy(() -> message.withKey("a\r\nb")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.withKey("k".repeat(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.withSeverity("very bad")).hasMessageContaining("severity");
        assertThatThrownBy(() -> message.withFact(" ", "x")).hasMessageContaining("fact");
        assertThatThrownBy(() -> Message.of(" ", "x")).hasMessageContaining("title");
    }
}
