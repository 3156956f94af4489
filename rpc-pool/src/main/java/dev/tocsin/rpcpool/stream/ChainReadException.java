package dev.tocsin.rpcpool.stream;

/** The chain could not be read now, or what was read makes no sense. Nothing was done; to be tried again. */
final class ChainReadException extends Exception {
    private static final long serialVersionUID = 1L;

    ChainReadException(String message) {
        super(message);
    }

    ChainReadException(String message, Throwable cause) {
        super(message, cause);
    }
}
