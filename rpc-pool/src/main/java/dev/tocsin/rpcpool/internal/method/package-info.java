/** What is known of a method beforehand: the table of methods, and which block a call asks about. */
@NullMarked
package dev.tocsin.rpcpool.internal.method;

import org.jspecify.annotations.NullMarked;
