/** What the runner prints for people. */
@NullMarked
package dev.tocsin.runner.console;

import org.jspecify.annotations.NullMarked;
