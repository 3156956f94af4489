/** Side-by-side runs against peers. */
@NullMarked
package dev.tocsin.benchmarks;

import org.jspecify.annotations.NullMarked;
