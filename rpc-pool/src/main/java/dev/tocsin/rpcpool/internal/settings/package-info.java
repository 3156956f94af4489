/** What is checked of settings, and how it is said. */
@NullMarked
package dev.tocsin.rpcpool.internal.settings;

import org.jspecify.annotations.NullMarked;
