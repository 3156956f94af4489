/** What the runner serves over HTTP. */
@NullMarked
package dev.tocsin.runner.http;

import org.jspecify.annotations.NullMarked;
