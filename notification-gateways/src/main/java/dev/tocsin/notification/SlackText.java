package dev.tocsin.notification;

/** Text made safe for Slack's mrkdwn and cut to a length. */
final class SlackText {
    private static final String MORE = "…";

    private SlackText() {}

    /**
     * Escapes {@code & < >}, without which nothing outside can make a link or a mention, and cuts to {@code limit} UTF-16 units of the
     * escaped text: between code points, never inside an entity.
     */
    static String escaped(String text, int limit) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), limit) + 16);
        int fits = 0; // how much of out can stand before the sign that there is more
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            switch (codePoint) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                default -> out.appendCodePoint(codePoint);
            }
            if (out.length() > limit) {
                out.setLength(fits);
                return out.append(MORE).toString();
            }
            if (out.length() <= limit - MORE.length()) {
                fits = out.length();
            }
            i += Character.charCount(codePoint);
        }
        return out.toString();
    }

    /** The same on one line: control characters, line breaks among them, become spaces. */
    static String escapedLine(String text, int limit) {
        return escaped(text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip(), limit);
    }
}
