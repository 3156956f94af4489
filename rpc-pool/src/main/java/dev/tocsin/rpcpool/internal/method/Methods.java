package dev.tocsin.rpcpool.internal.method;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the JSON-RPC methods of Ethereum's nodes; the table is {@code methods.txt}.
 *
 * @see <a href="https://ethereum.github.io/execution-apis/">Execution API specification</a>
 */
public final class Methods {

    /** How the names of methods begin that change something. */
    private static final List<String> CHANGING = List.of(
            "eth_send",
            "eth_cancel",
            "eth_submit",
            "mev_send",
            "personal_send",
            "admin_",
            "miner_",
            "debug_set",
            "evm_",
            "anvil_",
            "hardhat_");

    private static final Method READ = Method.unknown(false);
    private static final Method CHANGE = Method.unknown(true);
    private static final Map<String, Method> BY_NAME = load();

    private Methods() {}

    /** What is known of a method; of one that is not in the table, only whether it changes something, by how its name begins. */
    public static Method of(String method) {
        Method known = BY_NAME.get(method);
        return known == null ? unknown(method) : known;
    }

    /** Every method of the table, by its name. */
    static Map<String, Method> all() {
        return BY_NAME;
    }

    private static Method unknown(String method) {
        for (int i = 0; i < CHANGING.size(); i++) {
            if (method.startsWith(CHANGING.get(i))) {
                return CHANGE;
            }
        }
        return READ;
    }

    private static Map<String, Method> load() {
        Map<String, Method> methods = new HashMap<>();
        for (String line : table().lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                Method method = Method.of(line);
                if (methods.put(method.label(), method) != null) {
                    throw new IllegalStateException("methods.txt must have each method once, was " + line);
                }
            }
        }
        return methods;
    }

    private static String table() {
        try (InputStream in = Methods.class.getResourceAsStream("methods.txt")) {
            if (in == null) {
                throw new IllegalStateException("methods.txt is not beside its class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
