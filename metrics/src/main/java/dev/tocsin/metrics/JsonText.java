package dev.tocsin.metrics;

/** The one part of JSON that can go wrong when writing it: texts. RFC 8259, section 7. */
final class JsonText {
    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    static void quote(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (mustEscape(text, i)) {
                        escape(c, to);
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        to.append('"');
    }

    /** Control characters; the two line ends that JavaScript once took for its own; surrogates without their other half. */
    private static boolean mustEscape(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
        }
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    private static void escape(char c, StringBuilder to) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            to.append(HEX.charAt(c >> shift & 0xF));
        }
    }
}
