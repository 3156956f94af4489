package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RedisServerIT {
    @Test
    void aKilledServerRefusesAndARestartedOneIsEmptyOnTheSamePort() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            int port = redis.port();
            assertThat(say(redis, "SET a 1")).isEqualTo("+OK");

            redis.kill9();
            assertThatThrownBy(() -> say(redis, "GET a")).isInstanceOf(ConnectException.class);
            redis.restart();

            assertThat(say(redis, "GET a")).isEqualTo("$-1");
            assertThat(redis.port()).isEqualTo(port);
        }
    }

    @Test
    void aPausedServerAnswersOnceItIsResumed() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            redis.pause();
            assertThatThrownBy(() -> say(redis, "PING")).isInstanceOf(SocketTimeoutException.class);

            redis.resume();

            assertThat(say(redis, "PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aServerStopsInGoodOrder() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            redis.stop();

            assertThatThrownBy(() -> say(redis, "PING")).isInstanceOf(ConnectException.class);
        }
    }

    private static String say(RedisServer redis, String command) throws IOException {
        try (Socket socket = new Socket(redis.host(), redis.port())) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] buffer = new byte[256];
            int n = socket.getInputStream().read(buffer);
            return new String(buffer, 0, n, StandardCharsets.US_ASCII).strip();
        }
    }
}
