/** Real servers, a fault proxy and clocks for the tests. */
@NullMarked
package dev.tocsin.testsupport;

import org.jspecify.annotations.NullMarked;
