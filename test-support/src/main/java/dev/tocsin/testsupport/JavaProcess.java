package dev.tocsin.testsupport;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Starts a JVM of the JDK that runs the test. */
public final class JavaProcess {
    private JavaProcess() {}

    /**
     * Describes a JVM that runs a class of this test's class path.
     *
     * @param main a class with a {@code main} method
     * @param jvmArgs arguments of the JVM, such as {@code -Xmx64m}
     * @return a builder; program arguments are added by {@link ChildProcess.Builder#args}
     */
    public static ChildProcess.Builder main(Class<?> main, String... jvmArgs) {
        return main(main.getName(), classPath(), jvmArgs);
    }

    /**
     * Describes a JVM that runs a class.
     *
     * @param main the name of a class with a {@code main} method
     * @param classPath jars and folders
     * @param jvmArgs arguments of the JVM, such as {@code -Xmx64m}
     * @return a builder; program arguments are added by {@link ChildProcess.Builder#args}
     */
    public static ChildProcess.Builder main(String main, String classPath, String... jvmArgs) {
        List<String> command = java(jvmArgs);
        command.addAll(List.of("-cp", classPath, main));
        return ChildProcess.of(command);
    }

    /**
     * Describes a JVM that runs an executable jar.
     *
     * @param jar the jar
     * @param jvmArgs arguments of the JVM, such as {@code -Xmx64m}
     * @return a builder; program arguments are added by {@link ChildProcess.Builder#args}
     */
    public static ChildProcess.Builder jar(Path jar, String... jvmArgs) {
        List<String> command = java(jvmArgs);
        command.addAll(List.of("-jar", jar.toString()));
        return ChildProcess.of(command);
    }

    /**
     * The class path of this test, also where its module is tested on the module path.
     *
     * @return jars and folders, separated as the platform does
     */
    public static String classPath() {
        Set<String> parts = new LinkedHashSet<>();
        for (String folder : List.of("target/test-classes", "target/classes")) {
            Path here = Path.of(folder).toAbsolutePath();
            if (Files.isDirectory(here)) {
                parts.add(here.toString());
            }
        }
        Stream.of("surefire.test.class.path", "java.class.path", "jdk.module.path")
                .map(name -> System.getProperty(name, ""))
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(part -> !part.isBlank())
                .forEach(parts::add);
        return String.join(File.pathSeparator, parts);
    }

    private static List<String> java(String... jvmArgs) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvmArgs));
        return command;
    }
}
