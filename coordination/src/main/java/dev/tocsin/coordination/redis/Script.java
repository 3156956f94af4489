package dev.tocsin.coordination.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** A Lua script, called by its digest; sent in full only when the server does not know it (after a restart, a flush, a failover). */
final class Script {
    private final String text;
    private final String sha1;

    private Script(String text) {
        this.text = text;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            this.sha1 = HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }

    /** Reads a script that lies beside this class. */
    static Script read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("script is missing from the jar: " + file);
            }
            return new Script(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Object call(UnifiedJedis jedis, String key, String... args) {
        List<String> keys = List.of(key);
        List<String> arguments = List.of(args);
        try {
            return jedis.evalsha(sha1, keys, arguments);
        } catch (JedisNoScriptException unknown) {
            return jedis.eval(text, keys, arguments);
        }
    }
}
