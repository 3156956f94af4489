package dev.tocsin.filters;

/** Why a rule let an event go that was its event, at its address. */
public enum Rejection {
    /** Its condition does not hold. */
    CONDITION,
    /** Its condition holds, but it has matched too short a time ago. */
    COOLDOWN
}
