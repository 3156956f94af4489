import org.jspecify.annotations.NullMarked;

/**
 * Gateways to people and to programs: one port, {@link dev.tocsin.notification.Gateway}, and what implements it.
 *
 * <p>{@code jakarta.mail} with {@code angus-mail} (for {@code dev.tocsin.notification.email}) and {@code micrometer-core} (for
 * {@code GatewayMeters}) are optional: whoever uses those types adds the artifact to its own POM.
 */
@NullMarked
module dev.tocsin.notification {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires java.net.http;
    requires tools.jackson.databind;
    requires static jakarta.mail;
    requires static org.eclipse.angus.mail;
    requires static transitive micrometer.core;

    exports dev.tocsin.notification;
    exports dev.tocsin.notification.email;
}
