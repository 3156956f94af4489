/** Small programs that embed modules, without the runner. */
@NullMarked
package dev.tocsin.examples;

import org.jspecify.annotations.NullMarked;
