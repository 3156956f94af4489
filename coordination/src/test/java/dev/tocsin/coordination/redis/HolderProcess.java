package dev.tocsin.coordination.redis;

import static dev.tocsin.coordination.Wait.waitingUpTo;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.Lease;
import dev.tocsin.testsupport.ChildProcess;
import java.io.File;
import java.time.Duration;
import java.util.List;
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
    private final ChildProcess process;

    private HolderProcess(ChildProcess process) {
        this.process = process;
    }

    static HolderProcess start(String mode, int port, String namespace, Duration ttl) {
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
        return new HolderProcess(ChildProcess.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        testClasses + File.pathSeparator + path,
                        HolderProcess.class.getName(),
                        mode,
                        Integer.toString(port),
                        namespace,
                        ttl.toString())
                .start());
    }

    /** The numbers of all lines that begin with a word, the latest last. */
    List<Long> after(String word) {
        return process.stdout().stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> Long.valueOf(line.split(" ")[1]))
                .toList();
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }

    /** The process. */
    public static void main(String[] args) throws Exception {
        Duration ttl = Duration.parse(args[3]);
        try (UnifiedJedis jedis = Clients.impatient(Integer.parseInt(args[1]));
                Coordination coordination = RedisCoordination.over(jedis)
                        .namespace(args[2])
                        .label("child")
                        .commandTimeout(Clients.TIMEOUT)
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

    /** Looks once a millisecond, hence the sleeps: this is the holder's own work, in its own process, and no test waits by it. */
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
