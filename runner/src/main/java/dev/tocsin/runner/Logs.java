package dev.tocsin.runner;

import ch.qos.logback.classic.Level;
import dev.tocsin.runner.config.TocsinConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged. */
final class Logs {

    private Logs() {}

    /** Only what someone must look at: the screen tells the rest. */
    static void quiet() {
        level(TocsinConfig.LogLevel.ERROR);
    }

    static void level(TocsinConfig.LogLevel level) {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(level == TocsinConfig.LogLevel.DEBUG ? Level.INFO : Level.toLevel(level.name()));
        }
        if (LoggerFactory.getLogger("dev.tocsin") instanceof ch.qos.logback.classic.Logger ours) {
            ours.setLevel(Level.toLevel(level.name()));
        }
    }
}
