/** The program in which the modules meet. */
@NullMarked
package dev.tocsin.runner;

import org.jspecify.annotations.NullMarked;
