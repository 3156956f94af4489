package dev.tocsin.coordination;

/** Why a lease or a leader's term ended. */
public enum EndReason {
    /** The local deadline passed without a renewal: the store was not reached in time, or this process was paused. */
    EXPIRED,
    /** The store says that the lease now belongs to another owner. */
    TAKEN,
    /** This instance gave it back: the lease was closed, or the leader resigned. */
    RELEASED,
    /** The callback that begins a term threw, so this instance gave the term back. Elections only. */
    FAILED
}
