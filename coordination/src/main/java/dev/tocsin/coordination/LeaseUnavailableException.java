package dev.tocsin.coordination;

import java.time.Duration;

/** Another owner held the lease for as long as the caller was willing to wait. The lease is not held. */
public final class LeaseUnavailableException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /** The lease's name. */
    private final String name;

    /** The label of the instance that held it. */
    private final String holder;

    /**
     * Creates it.
     *
     * @param name the lease's name
     * @param holder the label of the instance that held it at the last look
     * @param waited how long was waited
     */
    public LeaseUnavailableException(String name, String holder, Duration waited) {
        super("lease " + name + " is held by " + holder + "; waited " + waited, null);
        this.name = name;
        this.holder = holder;
    }

    /**
     * Returns the lease's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns who held it.
     *
     * @return the label of the instance that held it at the last look
     */
    public String holder() {
        return holder;
    }
}
