package dev.tocsin.testsupport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** What a process has written: the last {@value #KEPT} lines of both streams. */
final class Output {
    static final int KEPT = 20_000;
    private static final int SHOWN = 40;

    private final String name;
    private final ReentrantLock lock = new ReentrantLock(); // guards the lines and the count of open streams
    private final Condition changed = lock.newCondition();
    private final Deque<Line> lines = new ArrayDeque<>(); // guarded by lock
    private long dropped; // guarded by lock
    private int openStreams = 2; // guarded by lock

    record Line(String text, boolean error) {}

    Output(String name) {
        this.name = name;
    }

    void add(String text, boolean error) {
        lock.lock();
        try {
            if (lines.size() == KEPT) {
                lines.removeFirst();
                dropped++;
            }
            lines.addLast(new Line(text, error));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void ended() {
        lock.lock();
        try {
            openStreams--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<String> lines(Predicate<Line> wanted) {
        lock.lock();
        try {
            return lines.stream().filter(wanted).map(Line::text).toList();
        } finally {
            lock.unlock();
        }
    }

    String await(Predicate<String> wanted, String what, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        long seen = 0;
        lock.lock();
        try {
            while (true) {
                for (Line line :
                        lines.stream().skip(Math.max(0, seen - dropped)).toList()) {
                    if (wanted.test(line.text())) {
                        return line.text();
                    }
                }
                seen = dropped + lines.size();
                if (openStreams == 0) {
                    throw new AssertionError(name + " ended without " + what + tail());
                }
                if (left <= 0) {
                    throw new AssertionError(name + " has not written " + what + " within " + atMost + tail());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void awaitEnd(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (openStreams > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    String tail() {
        List<String> all = lines(line -> true);
        List<String> last = all.subList(Math.max(0, all.size() - SHOWN), all.size());
        return last.isEmpty() ? "; it wrote nothing" : "; it wrote:\n  " + String.join("\n  ", last);
    }
}
