import org.jspecify.annotations.NullMarked;

/** Gateways to people: email, chat, webhook. */
@NullMarked
module dev.tocsin.notification {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires java.net.http;
    requires tools.jackson.databind;
    requires static jakarta.mail;
    requires static micrometer.core;

    exports dev.tocsin.notification;
}
