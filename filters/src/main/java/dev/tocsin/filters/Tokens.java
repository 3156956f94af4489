package dev.tocsin.filters;

/** Cuts a text into tokens, one ahead, and says where something is wrong. */
final class Tokens {
    private final String subject;
    private final String text;
    private int position;
    private Token ahead;

    Tokens(String subject, String text, int maxLength) {
        this.subject = subject;
        this.text = text;
        if (text.length() > maxLength) {
            throw new FilterSyntaxException(
                    subject,
                    text.substring(0, 40) + "…",
                    maxLength + 1,
                    text.length() + " characters",
                    "at most " + maxLength,
                    "");
        }
        this.ahead = read();
    }

    Token peek() {
        return ahead;
    }

    Token next() {
        Token token = ahead;
        ahead = read();
        return token;
    }

    /** True if the next token is this word or sign. */
    boolean at(String wanted) {
        return (ahead.kind() == Token.Kind.WORD || ahead.kind() == Token.Kind.SIGN)
                && ahead.text().equals(wanted);
    }

    boolean atEnd() {
        return ahead.kind() == Token.Kind.END;
    }

    FilterSyntaxException unexpected(String expected, String hint) {
        return unexpectedAt(ahead, expected, hint);
    }

    FilterSyntaxException unexpectedAt(Token token, String expected, String hint) {
        return new FilterSyntaxException(subject, text, token.column(), token.described(), expected, hint);
    }

    private Token read() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        if (position == text.length()) {
            return new Token(Token.Kind.END, "", position + 1);
        }
        int start = position;
        char first = text.charAt(start);
        if (first == '"') {
            return quoted(start);
        }
        if (isDigit(first) || (first == '-' && start + 1 < text.length() && isDigit(text.charAt(start + 1)))) {
            position++;
            skipWord();
            return token(Token.Kind.NUMBER, start);
        }
        if (isWordPart(first) && first != '.') {
            skipWord();
            return token(Token.Kind.WORD, start);
        }
        position++;
        boolean doubled = position < text.length()
                && (("<>=!".indexOf(first) >= 0 && text.charAt(position) == '=')
                        || ("&|".indexOf(first) >= 0 && text.charAt(position) == first));
        position += doubled ? 1 : Character.charCount(text.codePointAt(start)) - 1;
        return token(Token.Kind.SIGN, start);
    }

    private Token quoted(int start) {
        int close = text.indexOf('"', start + 1);
        if (close < 0) {
            throw new FilterSyntaxException(
                    subject,
                    text,
                    text.length() + 1,
                    "the end",
                    "\" at the end of the text that begins at column " + (start + 1),
                    "");
        }
        position = close + 1;
        return new Token(Token.Kind.QUOTED, text.substring(start + 1, close), start + 1);
    }

    private void skipWord() {
        while (position < text.length() && isWordPart(text.charAt(position))) {
            position++;
        }
    }

    private Token token(Token.Kind kind, int start) {
        return new Token(kind, text.substring(start, position), start + 1);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordPart(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '.';
    }
}
