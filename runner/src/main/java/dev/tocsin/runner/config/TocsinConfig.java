package dev.tocsin.runner.config;

import dev.tocsin.alerting.Route;
import dev.tocsin.alerting.Severity;
import dev.tocsin.filters.Rule;
import dev.tocsin.filters.Units;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A configuration that has been checked. {@code examples/tocsin.yml} explains every key.
 *
 * @param file the file as the user named it
 * @param environment what the instance is for
 * @param instance the name of this instance
 * @param log how much is logged
 * @param nodes the nodes
 * @param stream where and how the chain is followed
 * @param units the token symbols that amounts may be written in
 * @param watches what to look for
 * @param route who is told
 * @param receivers gateways by receiver
 * @param gateways the gateways by name
 * @param coordination how instances agree on who works; empty = this one works alone
 * @param state the state file
 * @param http what is served
 */
public record TocsinConfig(
        String file,
        Environment environment,
        String instance,
        LogLevel log,
        Nodes nodes,
        Stream stream,
        Units units,
        List<Watch> watches,
        Route route,
        Map<String, List<String>> receivers,
        Map<String, GatewayConfig> gateways,
        Optional<Redis> coordination,
        State state,
        Http http) {

    /** What the instance is for. */
    public enum Environment {
        /** A developer's machine. */
        DEV,
        /** Rehearsal. */
        STAGING,
        /** The real thing. */
        PROD
    }

    /** How much is logged. */
    public enum LogLevel {
        /** Only what someone must look at now. */
        ERROR,
        /** What someone must look at. */
        WARN,
        /** Also what happens. */
        INFO,
        /** Also how. */
        DEBUG
    }

    /** Who of the healthy nodes of a tier is asked. */
    public enum Selection {
        /** The less busy and quicker one. */
        FASTEST,
        /** The first in the file. */
        PRIORITY,
        /** One after the other. */
        ROUND_ROBIN,
        /** The one with the newest block. */
        HIGHEST_HEAD
    }

    /**
     * The nodes. URLs may hold secrets and are never in {@code toString}.
     *
     * @param place where the first of them stands
     * @param chainPlace where the chain stands
     * @param chain the chain they must be of; empty = the chain of the first that answers
     * @param primary asked first
     * @param fallback asked when no primary can
     * @param webSocket tell of new heads
     * @param timeout of one call with its retries
     * @param attempts nodes tried per call
     * @param retryDelay pause before the same call is tried again, growing
     * @param healthCheck how often each node is checked
     * @param maxConnections calls under way at each node at once
     * @param selection who of the healthy nodes of a tier is asked
     * @param hedges how many calls of a hundred may be asked of a second node when the first is late
     */
    public record Nodes(
            Place place,
            Place chainPlace,
            OptionalLong chain,
            List<URI> primary,
            List<URI> fallback,
            List<URI> webSocket,
            Duration timeout,
            int attempts,
            Duration retryDelay,
            Duration healthCheck,
            int maxConnections,
            Selection selection,
            int hedges) {
        @Override
        public String toString() {
            return "Nodes[primary=" + primary.size() + ", fallback=" + fallback.size() + "]";
        }
    }

    /**
     * How the chain is followed.
     *
     * @param from the first block of a first start; empty = the head
     * @param confirmations blocks that must lie on a block before its logs count; 0 = at once, withdrawn on a reorganisation
     * @param poll how often the head is asked for when no node tells
     * @param everything whether all logs are fetched, or only those that a watch may want
     */
    public record Stream(OptionalLong from, int confirmations, Duration poll, boolean everything) {}

    /**
     * One thing to look for.
     *
     * @param rule the filter
     * @param severity how bad it is
     * @param summary the sentence of the alert
     */
    public record Watch(Rule rule, Severity severity, SummaryTemplate summary) {}

    /**
     * Redis, on which instances agree.
     *
     * @param place where it stands
     * @param url with a port; may hold a password
     * @param namespace of this group of instances
     * @param lease how long the leader may be silent
     */
    public record Redis(Place place, URI url, String namespace, Duration lease) {
        @Override
        public String toString() {
            return "Redis[namespace=" + namespace + "]";
        }
    }

    /**
     * The state file.
     *
     * @param place where it stands
     * @param file the SQL file
     * @param keep how long what is over is kept
     */
    public record State(Place place, Path file, Duration keep) {}

    /**
     * What is served.
     *
     * @param place where it stands
     * @param host the address to listen on
     * @param port the port; 0 = any
     * @param metricsPath where metrics are
     */
    public record Http(Place place, String host, int port, String metricsPath) {}
}
