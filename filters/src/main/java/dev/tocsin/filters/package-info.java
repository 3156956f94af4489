/** Decodes EVM events and decides which of them matter. */
package dev.tocsin.filters;
