package dev.tocsin.runner.http;

import dev.tocsin.metrics.Health;
import dev.tocsin.metrics.HealthReport;
import dev.tocsin.metrics.PrometheusExporter;
import dev.tocsin.runner.StartException;
import dev.tocsin.runner.config.TocsinConfig;
import java.net.BindException;
import java.net.URI;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Serves metrics, {@code /health} (is the process alive) and {@code /ready} (can it do its work), for machines and people. */
public final class OperationsServer implements AutoCloseable {

    private static final int STOP_MILLIS = 2000;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private final Server server;
    private final ServerConnector connector;
    private final String host;

    private OperationsServer(Server server, ServerConnector connector, String host) {
        this.server = server;
        this.connector = connector;
        this.host = host;
    }

    /**
     * Starts to serve.
     *
     * @param config where
     * @param exporter what is under the metrics path
     * @param health what the other two answer
     * @return the running server
     * @throws StartException if the port is in use or the address is not this machine's
     */
    public static OperationsServer start(TocsinConfig.Http config, PrometheusExporter exporter, Health health) {
        QueuedThreadPool threads = new QueuedThreadPool(8, 1);
        threads.setName("tocsin-http");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost(config.host());
        connector.setPort(config.port());
        server.addConnector(connector);
        server.setHandler(new Pages(config.metricsPath(), exporter, health));
        server.setStopTimeout(STOP_MILLIS);
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw new StartException(config.place().problem(why(config, e)), e);
        }
        return new OperationsServer(server, connector, config.host());
    }

    /**
     * Where it serves.
     *
     * @return the address without a path
     */
    public URI address() {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort());
    }

    /** Stops to serve. */
    @Override
    public void close() {
        stop(server);
    }

    private static String why(TocsinConfig.Http config, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return "port " + config.port() + " on " + config.host()
                        + " is already in use; expected a free port, or 0 to take any";
            }
        }
        return "cannot listen on " + config.host() + ":" + config.port() + ": " + failure.getMessage();
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop", e);
        }
    }

    private static final class Pages extends Handler.Abstract {

        private final String metricsPath;
        private final PrometheusExporter exporter;
        private final Health health;

        Pages(String metricsPath, PrometheusExporter exporter, Health health) {
            this.metricsPath = metricsPath;
            this.exporter = exporter;
            this.health = health;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws InterruptedException {
            String path = Request.getPathInContext(request);
            boolean reads = HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
            if (!reads) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                write(
                        response,
                        callback,
                        HttpStatus.METHOD_NOT_ALLOWED_405,
                        TEXT,
                        "only GET and HEAD are served here\n");
            } else if (path.equals(metricsPath)) {
                String accept = request.getHeaders().get(HttpHeader.ACCEPT);
                PrometheusExporter.Scrape scrape = exporter.scrape(accept);
                write(response, callback, HttpStatus.OK_200, scrape.contentType(), scrape.body());
            } else if (path.equals("/health")) {
                report(response, callback, health.liveness());
            } else if (path.equals("/ready")) {
                report(response, callback, health.readiness());
            } else if (path.equals("/")) {
                write(response, callback, HttpStatus.OK_200, TEXT, "Tocsin\n\n" + metricsPath + "\n/health\n/ready\n");
            } else {
                write(
                        response,
                        callback,
                        HttpStatus.NOT_FOUND_404,
                        TEXT,
                        "not found; there are " + metricsPath + ", /health and /ready\n");
            }
            return true;
        }

        private static void report(Response response, Callback callback, HealthReport report) {
            write(response, callback, report.httpStatus(), JSON, report.toJson() + "\n");
        }

        private static void write(Response response, Callback callback, int status, String type, String body) {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            Content.Sink.write(response, true, body, callback);
        }
    }
}
