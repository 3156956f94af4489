/**
 * What the errors of nodes mean: {@link dev.tocsin.rpcpool.error.ErrorClassifier} tells from an error's provider, HTTP status, code,
 * method and text which {@link dev.tocsin.rpcpool.error.ErrorClass} it is, and so what a pool does about it.
 */
@NullMarked
package dev.tocsin.rpcpool.error;

import org.jspecify.annotations.NullMarked;
