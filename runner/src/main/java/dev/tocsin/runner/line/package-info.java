/** The line itself: from a batch of logs to planned deliveries, and from planned deliveries to people. */
@NullMarked
package dev.tocsin.runner.line;

import org.jspecify.annotations.NullMarked;
