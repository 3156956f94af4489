import org.jspecify.annotations.NullMarked;

/** Alerts, their routes and groups. */
@NullMarked
module dev.tocsin.alerting {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires static transitive micrometer.core;

    exports dev.tocsin.alerting;
}
