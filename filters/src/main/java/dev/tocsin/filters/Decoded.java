package dev.tocsin.filters;

/** What a decoder made of a log: the {@link Event}, or why the log is {@link NotThisEvent not this event}. */
public sealed interface Decoded permits Event, NotThisEvent {}
