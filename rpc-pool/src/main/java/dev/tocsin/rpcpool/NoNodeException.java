package dev.tocsin.rpcpool;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** No node could serve a call; it may or may not have reached one. */
public final class NoNodeException extends RpcException {

    private static final long serialVersionUID = 1;

    /** Cause by node name. */
    private final LinkedHashMap<String, String> causes;

    NoNodeException(String what, Map<String, String> causes) {
        super(
                what + ": "
                        + causes.entrySet().stream()
                                .map(cause -> cause.getKey() + ": " + cause.getValue())
                                .collect(Collectors.joining("; ")),
                null);
        this.causes = new LinkedHashMap<>(causes);
    }

    /**
     * Why each node that was asked could not.
     *
     * @return cause by node name, in the order in which they were asked
     */
    public Map<String, String> causes() {
        return Collections.unmodifiableMap(causes);
    }
}
