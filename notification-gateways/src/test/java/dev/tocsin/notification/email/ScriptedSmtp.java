package dev.tocsin.notification.email;

import dev.tocsin.notification.RawServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server on loopback that says what the test wants, down to nothing at all. */
final class ScriptedSmtp implements AutoCloseable {
    static final String CUT = "cut";
    static final String STALL = "stall";

    private final Map<String, String> replies = new ConcurrentHashMap<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final RawServer server = new RawServer(this::talk);

    /**
     * Changes a reply.
     *
     * @param command {@code connect}, a command's first word, {@code RCPT a@b.example}, {@code data} (once the data has begun) or {@code .}
     * @param reply what is said, or {@link #CUT} or {@link #STALL}; after a 421 the connection is closed
     */
    ScriptedSmtp on(String command, String reply) {
        replies.put(command, reply);
        return this;
    }

    int port() {
        return server.port();
    }

    List<String> commands() {
        return commands;
    }

    private void talk(Socket socket) throws IOException, InterruptedException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        if (!say(socket, "connect", "220 scripted ESMTP")) {
            return;
        }
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            commands.add(line);
            String word = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
            boolean on = switch (word) {
                case "EHLO" -> say(socket, word, "250-scripted\r\n250-SIZE 100000000\r\n250 ENHANCEDSTATUSCODES");
                case "RCPT" -> {
                    String address = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                    String specific = "RCPT " + address;
                    yield say(socket, replies.containsKey(specific) ? specific : word, "250 2.1.5 Ok");
                }
                case "DATA" ->
                    say(socket, word, "354 Go ahead")
                            && (replies.containsKey(word)
                                    || (data(socket, in) && say(socket, ".", "250 2.0.0 Queued")));
                case "QUIT" -> {
                    say(socket, word, "221 2.0.0 Bye");
                    yield false;
                }
                default -> say(socket, word, "250 2.0.0 Ok");
            };
            if (!on) {
                return;
            }
        }
    }

    private boolean data(Socket socket, BufferedReader in) throws IOException, InterruptedException {
        if (replies.containsKey("data")) {
            in.readLine();
            return say(socket, "data", "");
        }
        String line = in.readLine();
        while (line != null && !line.equals(".")) {
            line = in.readLine();
        }
        return line != null;
    }

    private boolean say(Socket socket, String command, String usual) throws IOException, InterruptedException {
        String reply = replies.getOrDefault(command, usual);
        if (reply.equals(STALL)) {
            server.stall();
        }
        if (reply.equals(CUT) || reply.equals(STALL)) {
            return false;
        }
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return !reply.startsWith("421");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
