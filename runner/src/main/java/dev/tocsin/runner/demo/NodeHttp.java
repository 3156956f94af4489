package dev.tocsin.runner.demo;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** JSON-RPC by HTTP POST, with the status codes of geth. */
final class NodeHttp extends Handler.Abstract {

    static final int MAX_BODY_BYTES = 5 * 1024 * 1024;

    private final JsonRpc rpc;

    NodeHttp(JsonRpc rpc) {
        this.rpc = rpc;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getMethod().equals("GET")) {
            callback.succeeded(); // how load balancers ask whether geth is there
            return true;
        }
        if (!request.getMethod().equals("POST")) {
            return refuse(response, callback, 405, "method not allowed");
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return refuse(response, callback, 415, "invalid content type, only application/json is supported");
        }
        byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readNBytes(MAX_BODY_BYTES + 1);
        }
        if (body.length > MAX_BODY_BYTES) {
            return refuse(response, callback, 413, "content length too large (>" + MAX_BODY_BYTES + ")");
        }
        Optional<String> answer = rpc.answer(new String(body, StandardCharsets.UTF_8), null);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        if (answer.isEmpty()) {
            callback.succeeded();
        } else {
            Content.Sink.write(response, true, answer.get(), callback);
        }
        return true;
    }

    private static boolean refuse(Response response, Callback callback, int status, String why) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        Content.Sink.write(response, true, why + "\n", callback);
        return true;
    }
}
