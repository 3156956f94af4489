package dev.tocsin.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process of the operating system: its output is captured line by line, and it can be sent signals. Safe for use by many threads.
 *
 * <p>Whatever is still running when this JVM exits is killed. Signals are sent by the {@code kill} of the system, so they need a POSIX
 * machine.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final Process process;
    private final Output output;
    private final String name;
    private final Thread atExit;

    private ChildProcess(Process process, String name) {
        this.process = process;
        this.name = name;
        this.output = new Output(name);
        this.atExit = Thread.ofPlatform().unstarted(process::destroyForcibly);
    }

    /**
     * Begins the description of a process.
     *
     * @param command the program and its arguments
     * @return a builder
     */
    public static Builder of(String... command) {
        return new Builder(List.of(command));
    }

    /**
     * Begins the description of a process.
     *
     * @param command the program and its arguments
     * @return a builder
     */
    public static Builder of(List<String> command) {
        return new Builder(command);
    }

    /**
     * The number that the operating system gave to the process.
     *
     * @return a process id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Whether it still runs (a stopped process counts as running).
     *
     * @return false once it has ended
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * What it has written so far to its standard output and standard error, in the order of arrival.
     *
     * @return the last 20,000 lines
     */
    public List<String> lines() {
        return output.lines(line -> true);
    }

    /**
     * What it has written so far to its standard output.
     *
     * @return of the last 20,000 lines those of standard output
     */
    public List<String> stdout() {
        return output.lines(line -> !line.error());
    }

    /**
     * What it has written so far to its standard error.
     *
     * @return of the last 20,000 lines those of standard error
     */
    public List<String> stderr() {
        return output.lines(Output.Line::error);
    }

    /**
     * Waits for a line, also among those already written.
     *
     * @param part what the line contains
     * @param atMost how long to wait
     * @return the first such line
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if the process ended or the time passed without such a line; says what was written
     */
    public String awaitLine(String part, Duration atMost) throws InterruptedException {
        return output.await(line -> line.contains(part), "a line with \"" + part + '"', atMost);
    }

    /**
     * Waits for a line, also among those already written.
     *
     * @param wanted which line
     * @param atMost how long to wait
     * @return the first such line
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if the process ended or the time passed without such a line; says what was written
     */
    public String awaitLine(Predicate<String> wanted, Duration atMost) throws InterruptedException {
        return output.await(wanted, "the awaited line", atMost);
    }

    /**
     * Waits until the process has ended and all its output has been read.
     *
     * @param atMost how long to wait
     * @return its exit code; 128 + signal where a signal ended it
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if it still runs after that time; says what was written
     */
    public int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError(name + " still runs after " + atMost + output.tail());
        }
        output.awaitEnd(CLOSE_DEADLINE);
        forget();
        return process.exitValue();
    }

    /**
     * The exit code, if it has ended.
     *
     * @return empty while it runs
     */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /**
     * Ends it as {@code kill -9} does, and waits until it is gone.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void kill9() throws InterruptedException {
        process.destroyForcibly();
        awaitExit(CLOSE_DEADLINE);
    }

    /** Freezes it (SIGSTOP): it keeps its sockets and answers nothing. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on after {@link #pause} (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /** Asks it to end (SIGTERM). Does not wait. */
    public void terminate() {
        signal("TERM");
    }

    /** What Ctrl-C sends (SIGINT). Does not wait. */
    public void interrupt() {
        signal("INT");
    }

    /** Asks a JVM for the stacks of all its threads (SIGQUIT); it writes them to its standard output and goes on. Does not wait. */
    public void dumpThreads() {
        signal("QUIT");
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(CLOSE_DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        forget();
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start();
            byte[] said = kill.getInputStream().readAllBytes();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException(
                        "could not send " + signal + " to " + name + ": " + new String(said, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + signal + " to " + name, e);
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // this JVM is already on its way down; the hook runs, and killing a dead process does nothing
        }
    }

    private void begin() {
        Runtime.getRuntime().addShutdownHook(atExit);
        read(process.getInputStream(), false);
        read(process.getErrorStream(), true);
    }

    private void read(InputStream stream, boolean error) {
        Thread.ofPlatform().daemon().name("tocsin-output-" + pid()).start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    output.add(line, error);
                }
            } catch (IOException e) {
                // the process was killed while a line was being read
            } finally {
                output.ended();
            }
        });
    }

    /** Describes a process; mutable, for one thread. */
    public static final class Builder {
        private final List<String> command;
        private final Map<String, Optional<String>> environment = new TreeMap<>();
        private @Nullable Path directory;

        private Builder(List<String> command) {
            this.command = new ArrayList<>(command);
        }

        /**
         * Adds arguments.
         *
         * @param arguments what follows the command
         * @return this
         */
        public Builder args(String... arguments) {
            command.addAll(List.of(arguments));
            return this;
        }

        /**
         * Where it runs.
         *
         * @param folder the working directory; default: that of this JVM
         * @return this
         */
        public Builder in(Path folder) {
            directory = folder;
            return this;
        }

        /**
         * Sets a variable of its environment, which is otherwise that of this JVM.
         *
         * @param variable the name
         * @param value the value
         * @return this
         */
        public Builder env(String variable, String value) {
            environment.put(variable, Optional.of(value));
            return this;
        }

        /**
         * Takes a variable out of its environment.
         *
         * @param variable the name
         * @return this
         */
        public Builder withoutEnv(String variable) {
            environment.put(variable, Optional.empty());
            return this;
        }

        /**
         * Starts the process.
         *
         * @return the running process
         */
        public ChildProcess start() {
            ProcessBuilder builder = new ProcessBuilder(command);
            if (directory != null) {
                builder.directory(directory.toFile());
            }
            environment.forEach((variable, value) -> value.ifPresentOrElse(
                    v -> builder.environment().put(variable, v),
                    () -> builder.environment().remove(variable)));
            try {
                Process process = builder.start();
                process.getOutputStream().close();
                String program = Path.of(command.getFirst()).getFileName() + " (pid " + process.pid() + ")";
                ChildProcess child = new ChildProcess(process, program);
                child.begin();
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException("could not start " + command.getFirst(), e);
            }
        }
    }
}
