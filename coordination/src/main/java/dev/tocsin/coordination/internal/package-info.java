/**
 * The engine behind {@link dev.tocsin.coordination.Coordination}, the same for every store, and the seam
 * ({@link dev.tocsin.coordination.internal.LeaseStore}) behind which a store stands. Not exported.
 */
package dev.tocsin.coordination.internal;
