package dev.tocsin.coordination.redis;

import static dev.tocsin.coordination.Wait.waitingUpTo;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.Lease;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import redis.clients.jedis.UnifiedJedis;

/**
 * A process of its own that holds a lease (or leads) and writes down, all the time, whether it believes so. Its lines:
 * {@code HELD token}, then {@code VALID nanos} again and again, and at last {@code INVALID nanos token}; and so on. The
 * monotonic clock is one for all processes of the machine, so the lines can be compared with what others saw.
 */
final class HolderProcess implements AutoCloseable {
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private HolderProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
    }

    static HolderProcess start(String mode, int port, String namespace, Duration ttl) throws IOException {
        String path = String.join(
                File.pathSeparator,
                Stream.of("java.class.path", "jdk.module.path")
                        .map(name -> System.getProperty(name, ""))
                        .filter(value -> !value.isEmpty())
                        .toList());
        String tests = HolderProcess.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        String testClasses = new File(tests).getParent() + File.separator + "test-classes";
        return new HolderProcess(new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        testClasses + File.pathSeparator + path,
                        HolderProcess.class.getName(),
                        mode,
                        Integer.toString(port),
                        namespace,
                        ttl.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("READ FAILED " + e);
        }
    }

    /** The numbers of all lines that begin with a word, the latest last. */
    List<Long> after(String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> Long.valueOf(line.split(" ")[1]))
                .toList();
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process. */
    public static void main(String[] args) throws Exception {
        Duration ttl = Duration.parse(args[3]);
        try (UnifiedJedis jedis = RedisProcess.client(Integer.parseInt(args[1]));
                Coordination coordination = RedisCoordination.over(jedis)
                        .namespace(args[2])
                        .label("child")
                        .commandTimeout(RedisProcess.TIMEOUT)
                        .retryDelay(Duration.ofMillis(20))
                        .open()) {
            if (args[0].equals("leader")) {
                LeaderElection election = coordination.election("x").ttl(ttl).join();
                while (!Thread.interrupted()) {
                    report(
                            () -> election.leadership().isValid(),
                            () -> election.leadership().token());
                }
            }
            while (!Thread.interrupted()) {
                try (Lease lease = coordination.locks().acquire("x", ttl, waitingUpTo(Duration.ofMinutes(1)))) {
                    report(lease::isValid, lease::token);
                }
            }
        }
    }

    private static void report(BooleanSupplier valid, LongSupplier token) throws InterruptedException {
        while (!valid.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        System.out.println("HELD " + token.getAsLong());
        long asked = System.nanoTime();
        while (valid.getAsBoolean()) {
            System.out.println("VALID " + asked);
            TimeUnit.MILLISECONDS.sleep(1);
            asked = System.nanoTime();
        }
        System.out.println("INVALID " + asked + " " + token.getAsLong());
    }
}
