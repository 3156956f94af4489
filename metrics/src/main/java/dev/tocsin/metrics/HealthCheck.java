package dev.tocsin.metrics;

/** The port through which {@link Health} asks a component how it is. */
@FunctionalInterface
public interface HealthCheck {
    /**
     * Asks. Runs on a virtual thread of its own, and never twice at the same time. It may block; when the deadline is over, it is
     * interrupted and should then end.
     *
     * @return how the component is
     * @throws Exception if that cannot be said: the component is down then, and the exception's type, but not its message, is the reason
     */
    HealthStatus check() throws Exception;
}
