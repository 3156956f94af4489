import org.jspecify.annotations.NullMarked;

/** Decodes EVM events and decides which of them matter. */
@NullMarked
module dev.tocsin.filters {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires com.github.benmanes.caffeine;
    requires static transitive micrometer.core;

    exports dev.tocsin.filters;
}
