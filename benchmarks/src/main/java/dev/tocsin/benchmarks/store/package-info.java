/** Which embedded SQL engine keeps what it has acknowledged, and understands what PostgreSQL understands. */
@NullMarked
package dev.tocsin.benchmarks.store;

import org.jspecify.annotations.NullMarked;
