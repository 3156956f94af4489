/** Small programs that embed one module each. */
@NullMarked
package dev.tocsin.examples;

import org.jspecify.annotations.NullMarked;
