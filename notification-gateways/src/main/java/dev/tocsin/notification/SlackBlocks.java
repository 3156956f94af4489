package dev.tocsin.notification;

import java.util.Iterator;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A message as Slack's blocks, within its limits: 50 blocks, 3000 a section, 10 fields of 2000 each. */
final class SlackBlocks {
    private static final int FALLBACK_LIMIT = 3000;
    private static final int TITLE_LIMIT = 300;
    private static final int SECTION_LIMIT = 3000;
    private static final int FIELDS_PER_SECTION = 10;
    private static final int MOST_FACTS = 40;
    private static final int NAME_LIMIT = 200;
    private static final int VALUE_LIMIT = 1700;

    private SlackBlocks() {}

    static ObjectNode of(Message message, ObjectNode json) {
        json.put("text", SlackText.escaped(message.title() + "\n" + message.text(), FALLBACK_LIMIT));
        ArrayNode blocks = json.putArray("blocks");
        section(blocks, "*" + SlackText.escapedLine(message.title(), TITLE_LIMIT) + "*");
        if (!message.text().isBlank()) {
            section(blocks, SlackText.escaped(message.text(), SECTION_LIMIT));
        }
        fields(blocks, message);
        String context = message.severity() + " · " + message.at();
        int hidden = message.facts().size() - MOST_FACTS;
        ObjectNode last = blocks.addObject().put("type", "context");
        mrkdwn(last.putArray("elements").addObject(), hidden > 0 ? context + " · " + hidden + " more facts" : context);
        return json;
    }

    private static void fields(ArrayNode blocks, Message message) {
        Iterator<Map.Entry<String, String>> facts =
                message.facts().entrySet().stream().limit(MOST_FACTS).iterator();
        while (facts.hasNext()) {
            ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
            for (int n = 0; n < FIELDS_PER_SECTION && facts.hasNext(); n++) {
                Map.Entry<String, String> fact = facts.next();
                String name = SlackText.escapedLine(fact.getKey(), NAME_LIMIT);
                String value = SlackText.escaped(fact.getValue(), VALUE_LIMIT);
                mrkdwn(fields.addObject(), "*" + name + "*\n" + value);
            }
        }
    }

    private static void section(ArrayNode blocks, String text) {
        mrkdwn(blocks.addObject().put("type", "section").putObject("text"), text);
    }

    /** Verbatim, so that Slack makes no mentions or channel links out of words that came from a chain. */
    private static void mrkdwn(ObjectNode element, String text) {
        element.put("type", "mrkdwn").put("text", text).put("verbatim", true);
    }
}
