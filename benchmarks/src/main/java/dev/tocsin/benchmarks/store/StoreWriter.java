package dev.tocsin.benchmarks.store;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * The process that is killed: commits rows one transaction at a time and writes each number to its standard output once the commit has
 * returned. Unbuffered, so that a number that was acknowledged is in the pipe whatever happens next.
 */
final class StoreWriter {
    private StoreWriter() {}

    public static void main(String[] args) throws SQLException, IOException {
        Engine engine = Engine.valueOf(args[0]);
        Path file = Path.of(args[1]);
        long count = Long.parseLong(args[2]);
        try (Ledger ledger = Ledger.open(engine, file);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            long first = ledger.newest() + 1;
            say(out, "ready");
            long start = System.nanoTime();
            for (long n = first; n < first + count; n++) {
                ledger.commit(n);
                say(out, Long.toString(n));
            }
            say(out, "took " + (System.nanoTime() - start));
        }
    }

    private static void say(FileOutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
