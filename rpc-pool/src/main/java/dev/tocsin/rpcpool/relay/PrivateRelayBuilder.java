package dev.tocsin.rpcpool.relay;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.internal.settings.NodeUrl;
import dev.tocsin.rpcpool.internal.settings.Range;
import dev.tocsin.rpcpool.internal.time.Pause;
import java.net.URI;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link PrivateRelay}. Mutable, for one thread. */
public final class PrivateRelayBuilder {

    final URI url;
    final RelaySigner signer;
    final RpcPool pool;

    @Nullable URI status;

    Fallback fallback = Fallback.NEVER;
    Duration requestTimeout = Duration.ofSeconds(10);
    Duration resolveTimeout = Duration.ofSeconds(10);
    Duration pollEvery = Duration.ofSeconds(3);
    int maxPending = 1_000;
    ErrorClassifier errors = ErrorClassifier.standard();
    LongSupplier nanoTicker = System::nanoTime;
    Pause pause = Thread::sleep;

    PrivateRelayBuilder(String url, RelaySigner signer, RpcPool pool) {
        this.url = NodeUrl.http("url", url);
        this.signer = requireNonNull(signer, "signer");
        this.pool = requireNonNull(pool, "pool");
    }

    /**
     * Sets where the relay tells what became of a transaction. Without it only the chain does.
     *
     * @param url to which a slash and the hash are added, such as {@code https://protect.flashbots.net/tx}; default: none
     * @return this
     * @see <a href="https://docs.flashbots.net/flashbots-protect/additional-documentation/status-api">status API</a>
     */
    public PrivateRelayBuilder status(String url) {
        status = NodeUrl.http("status", url);
        return this;
    }

    /**
     * Sets when a transaction may be given to the public pool.
     *
     * @param policy default {@link Fallback#NEVER}. Any other may show the whole world what was to be private: read what each one gives away.
     * @return this
     */
    public PrivateRelayBuilder fallback(Fallback policy) {
        fallback = requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Sets how long one request to the relay may take.
     *
     * @param timeout default 10 s; 10 ms to 5 min. Too short, and answers are lost that then must be asked for.
     * @return this
     */
    public PrivateRelayBuilder requestTimeout(Duration timeout) {
        requestTimeout = Range.check("requestTimeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(5));
        return this;
    }

    /**
     * Sets how long a send asks for the fate of a transaction that the relay's answer leaves open.
     *
     * @param timeout default 10 s; 0 to 5 min; 0 is one look. Too short, and the outcome is unknown more often; under {@link Fallback#IMMEDIATE} it is then
     *     published.
     * @return this
     */
    public PrivateRelayBuilder resolveTimeout(Duration timeout) {
        resolveTimeout = Range.check("resolveTimeout", timeout, Duration.ZERO, Duration.ofMinutes(5));
        return this;
    }

    /**
     * Sets the time between two looks.
     *
     * @param interval default 3 s; 10 ms to 5 min. Too short, and the relay turns us away.
     * @return this
     */
    public PrivateRelayBuilder pollEvery(Duration interval) {
        pollEvery = Range.check("pollEvery", interval, Duration.ofMillis(10), Duration.ofMinutes(5));
        return this;
    }

    /**
     * Sets how many transactions may be pending; more are not sent.
     *
     * @param transactions default 1,000; 1 to 100,000
     * @return this
     */
    public PrivateRelayBuilder maxPending(int transactions) {
        if (transactions < 1 || transactions > 100_000) {
            throw new IllegalArgumentException("maxPending must be 1 to 100000, was " + transactions);
        }
        maxPending = transactions;
        return this;
    }

    /**
     * Makes the relay. Asks nobody.
     *
     * @return the relay
     * @throws IllegalStateException if the fallback is {@link Fallback#AFTER_EXPIRY}, which needs the relay's word, without a status API
     */
    public PrivateRelay build() {
        if (fallback == Fallback.AFTER_EXPIRY && status == null) {
            throw new IllegalStateException(
                    "fallback AFTER_EXPIRY needs status, the relay's word that it has not included");
        }
        return new PrivateRelay(this);
    }

    @Override
    public String toString() {
        return "PrivateRelayBuilder[" + url.getHost() + ", " + fallback + "]";
    }
}
