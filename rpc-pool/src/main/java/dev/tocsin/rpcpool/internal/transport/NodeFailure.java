package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node did not serve a call; another may.
 *
 * <p>Kind decides whether the node is to blame for it. The message names no URL.
 */
public final class NodeFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final transient Optional<CallOutcome.Rejected> rejection;
    private transient List<CallOutcome> outcomes = List.of();
    private transient @Nullable CoolDown coolDown;
    private @Nullable ErrorClass meaning;
    private boolean isCounted;

    /** What went wrong. */
    public enum Kind {
        /** The request did not leave, or nobody has read it: refused, unresolved, a key that is not accepted. */
        NOT_SENT,
        /** The node turned the request away by a limit of its own, unread: HTTP 429, a size. */
        LIMITED,
        /** The node said in JSON-RPC that it has not done it: a limit, a method it does not have. */
        DECLINED,
        /** The request may have been taken: reset, timed out, an answer that makes no sense. */
        MAYBE_SENT,
        /** We did not wait for it any longer, since another node had answered. */
        GIVEN_UP,
        /** The node said in JSON-RPC that it cannot serve this: limits, missing data, an internal error. */
        UNABLE
    }

    public NodeFailure(Kind kind, String message) {
        this(kind, message, Optional.empty());
    }

    /** Another node has answered first. */
    public static NodeFailure givenUp() {
        return new NodeFailure(Kind.GIVEN_UP, "given up, another node answered first");
    }

    /** The node refused all it was asked with an error that is its own. */
    public static NodeFailure unable(CallOutcome.Rejected rejected) {
        return refused(isDeclined(rejected.errorClass()) ? Kind.DECLINED : Kind.UNABLE, rejected);
    }

    /** Whether the call is at fault, so that no other node need be asked. */
    public static boolean callIsAtFault(ErrorClass error) {
        return switch (error.action()) {
            case FAIL, SUCCESS, RAISE_FEE, BACK_OFF, RECREATE -> true;
            case VERIFY -> error != ErrorClass.TRANSPORT_MAYBE_SENT && error != ErrorClass.RELAY_UNKNOWN_STATE;
            case SPLIT,
                    COOL_DOWN,
                    ASK_ANOTHER,
                    BAN_METHOD,
                    TAKE_OUT,
                    FAIL_OVER,
                    ASK_ONE_OTHER,
                    TRY_OTHERS,
                    SEND_SINGLY -> false;
        };
    }

    /** Whether a node that is not able to serve a call says with it that it has not done it. */
    private static boolean isDeclined(ErrorClass error) {
        return switch (error.action()) {
            case SPLIT, COOL_DOWN, BAN_METHOD, TAKE_OUT, TRY_OTHERS, SEND_SINGLY -> true;
            default -> false;
        };
    }

    /** The node refused one of several calls; the others may be done. */
    public static NodeFailure partlyUnable(CallOutcome.Rejected rejected, List<CallOutcome> outcomes) {
        NodeFailure failure = refused(Kind.UNABLE, rejected);
        failure.outcomes = outcomes;
        return failure;
    }

    private static NodeFailure refused(Kind kind, CallOutcome.Rejected rejected) {
        return new NodeFailure(kind, rejected.message() + " (code " + rejected.code() + ")", Optional.of(rejected));
    }

    public NodeFailure(Kind kind, String message, Optional<CallOutcome.Rejected> rejection) {
        super(message, null, false, false);
        this.kind = kind;
        this.rejection = rejection;
    }

    /** With the time for which the node is to be left alone. */
    public NodeFailure coolingDown(Optional<CoolDown> time) {
        coolDown = time.orElse(null);
        return this;
    }

    /** The same for another call of the same request: against the node the request counts once. */
    NodeFailure ofTheSameRequest() {
        NodeFailure same = new NodeFailure(kind, reason(), rejection);
        same.coolDown = coolDown;
        same.meaning = meaning;
        same.isCounted = true;
        return same;
    }

    /** With what it means, if the node has not said so in JSON-RPC. */
    public NodeFailure meaning(ErrorClass error) {
        meaning = error;
        return this;
    }

    /** What it means, for those who count failures; empty if it was given up. What is done about it depends on the kind. */
    public Optional<ErrorClass> meaning() {
        if (rejection.isPresent()) {
            return Optional.of(rejection.get().errorClass());
        }
        if (meaning != null) {
            return Optional.of(meaning);
        }
        return switch (kind) {
            case NOT_SENT -> Optional.of(ErrorClass.TRANSPORT_NOT_SENT);
            case MAYBE_SENT -> Optional.of(ErrorClass.TRANSPORT_MAYBE_SENT);
            case LIMITED, DECLINED, UNABLE -> Optional.of(ErrorClass.NODE_ERROR);
            case GIVEN_UP -> Optional.empty();
        };
    }

    /** For how long the node is to be left alone: it limits us. */
    public Optional<CoolDown> coolDown() {
        return Optional.ofNullable(coolDown);
    }

    /** Whether what may be done only once can be asked of another node. */
    public boolean certainlyNotDone() {
        return kind == Kind.NOT_SENT || kind == Kind.LIMITED || kind == Kind.DECLINED;
    }

    /** Whether the node says that it is asked too much in a second. */
    public boolean isTooMany() {
        return !isCounted
                && rejection
                        .map(rejected -> rejected.errorClass() == ErrorClass.RATE_LIMITED)
                        .orElse(kind == Kind.LIMITED && coolDown != null);
    }

    public Optional<CallOutcome.Rejected> rejection() {
        return rejection;
    }

    /** What the node said to each of several calls; empty if it refused all with one error, or was asked for one call alone. */
    public List<CallOutcome> outcomes() {
        return outcomes;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether it counts against the node's health: its limits do not, its silence does. */
    public boolean blamesNode() {
        return !isCounted && (kind == Kind.NOT_SENT || kind == Kind.MAYBE_SENT);
    }

    /**
     * Whether it counts for the breaker: its silence does, and an error that tells of a fault of its own. An error that no row of the table knows
     * may as well be the call's.
     */
    public boolean tripsBreaker() {
        return !isCounted
                && (blamesNode()
                        || rejection
                                .filter(said ->
                                        said.isKnown() && said.errorClass().action() == ErrorAction.FAIL_OVER)
                                .isPresent());
    }

    /** Whether it gave an error that the table of errors does not know. */
    public boolean isUnknown() {
        return rejection.filter(said -> !said.isKnown()).isPresent();
    }

    /** What its error means; null if it was none of JSON-RPC. */
    public @Nullable ErrorClass errorClass() {
        return rejection.map(CallOutcome.Rejected::errorClass).orElse(null);
    }

    /** Whether the node is out of use until a check finds it mended: it lacks a key, serves another chain, or syncs. */
    public boolean takesOut() {
        ErrorClass error = errorClass();
        return error != null && error.action() == ErrorAction.TAKE_OUT;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
