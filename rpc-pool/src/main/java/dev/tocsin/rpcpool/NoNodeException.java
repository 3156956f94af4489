package dev.tocsin.rpcpool;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** No node could serve a call; {@link #isAmbiguous} tells whether it may have had its effect. */
public final class NoNodeException extends RpcException {

    private static final long serialVersionUID = 1;

    static final String AMBIGUOUS = " (it may have been accepted; look for its hash)";

    /** Whether it may have had its effect. */
    private final boolean isAmbiguous;

    /** Cause by node name. */
    private final LinkedHashMap<String, String> causes;

    /**
     * Makes the exception; also for those who test without nodes.
     *
     * @param what what could not be done
     * @param causes why, by node name
     * @param isAmbiguous whether it may have had its effect all the same
     */
    public NoNodeException(String what, Map<String, String> causes, boolean isAmbiguous) {
        super(
                what + (isAmbiguous ? AMBIGUOUS : "") + ": "
                        + causes.entrySet().stream()
                                .map(cause -> cause.getKey() + ": " + cause.getValue())
                                .collect(Collectors.joining("; ")),
                null);
        this.causes = new LinkedHashMap<>(causes);
        this.isAmbiguous = isAmbiguous;
    }

    /**
     * Whether the call changes something and may have done so all the same, such as a transaction whose answer was lost.
     *
     * @return true if that is not known; false if no node has taken it, or if it changes nothing
     */
    public boolean isAmbiguous() {
        return isAmbiguous;
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
