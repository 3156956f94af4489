package dev.tocsin.runner.demo;

/** A call's error answer, with the codes and words of geth. */
final class RpcFailure extends Exception {

    static final int PARSE = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int NO_METHOD = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int LIMIT = -32005;
    static final int TOO_LARGE = -32003;
    static final int NO_NOTIFICATIONS = -32001;
    static final int SERVER = -32000;
    static final int PRUNED = 4444;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String text;

    RpcFailure(int code, String text) {
        super(text, null, false, false);
        this.code = code;
        this.text = text;
    }

    static RpcFailure invalidParams(String text) {
        return new RpcFailure(INVALID_PARAMS, text);
    }

    static RpcFailure invalidArgument(int index, String text) {
        return invalidParams("invalid argument " + index + ": " + text);
    }

    int code() {
        return code;
    }

    String text() {
        return text;
    }
}
