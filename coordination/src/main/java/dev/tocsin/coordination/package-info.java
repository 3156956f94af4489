/** Leases with fencing tokens, and leader election, in process and on Redis. */
package dev.tocsin.coordination;
