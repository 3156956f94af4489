package dev.tocsin.launcher;

/**
 * Starts the runner, or says which Java it needs. Compiled for Java 8, so that an old Java reaches the sentence instead of
 * a class-version trace; the only class of the runner that may be.
 */
public final class Launcher {

    private static final int NEEDED = 21;

    private Launcher() {}

    /**
     * Checks the Java version, then hands over to the runner.
     *
     * @param args the command line
     * @throws Exception what the runner throws
     */
    public static void main(String[] args) throws Exception {
        String version = System.getProperty("java.specification.version");
        if (version.startsWith("1.") || Integer.parseInt(version) < NEEDED) {
            System.err.println("Tocsin needs Java " + NEEDED + " or newer; this is Java " + version + " ("
                    + System.getProperty("java.home") + "). Set JAVA_HOME, or start it with ./tocsin, which finds one.");
            System.exit(2);
        }
        Class.forName("dev.tocsin.runner.Main").getMethod("main", String[].class).invoke(null, (Object) args);
    }
}
