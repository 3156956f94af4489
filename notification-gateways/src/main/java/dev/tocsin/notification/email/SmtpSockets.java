package dev.tocsin.notification.email;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes the sockets of one conversation and can cut them from another thread, which is the only way to end blocking I/O at a deadline.
 * After the cut nothing more goes out: open sockets are closed and no new one is made.
 */
final class SmtpSockets {
    private final SSLSocketFactory tls;
    private final ReentrantLock lock = new ReentrantLock(); // guards the list and the flag
    private final List<Socket> open = new ArrayList<>(); // guarded by lock; two at most
    private boolean cut; // guarded by lock

    SmtpSockets(SSLSocketFactory tls) {
        this.tls = tls;
    }

    SocketFactory plain() {
        return new Plain();
    }

    SSLSocketFactory tls() {
        return new Layered();
    }

    void cut() {
        List<Socket> toClose;
        lock.lock();
        try {
            cut = true;
            toClose = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        for (Socket socket : toClose) {
            try {
                socket.close();
            } catch (IOException e) {
                // it is gone either way
            }
        }
    }

    private <S extends Socket> S keep(S socket) throws IOException {
        lock.lock();
        try {
            if (!cut) {
                open.add(socket);
                return socket;
            }
        } finally {
            lock.unlock();
        }
        socket.close();
        throw new SocketException("the deadline has passed");
    }

    /** For what the mail library never asks; each of the two types must have it. */
    private static UnsupportedOperationException refused(String made) {
        return new UnsupportedOperationException("only " + made + " sockets are made here");
    }

    /** Not one type with {@link Layered}: any {@code SSLSocketFactory} here would make the mail library speak TLS at once. */
    private final class Plain extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            return keep(new Socket());
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw refused("unconnected");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw refused("unconnected");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw refused("unconnected");
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw refused("unconnected");
        }
    }

    /** Puts TLS over a connected socket and keeps that one: closing it, unlike closing the TLS socket, never waits for a peer. */
    private final class Layered extends SSLSocketFactory {
        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return tls.createSocket(keep(socket), host, port, autoClose);
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return tls.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return tls.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw refused("layered");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw refused("layered");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw refused("layered");
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw refused("layered");
        }
    }
}
