package dev.tocsin.filters;

/**
 * Hears what a {@link FilterSet} does. Called on the thread that calls {@link FilterSet#match}, from many threads if there are many;
 * must be quick. What it throws is caught and counted, and logged once.
 */
public interface FilterListener {
    /**
     * A log was decoded. Once a log, whatever the number of rules that are on its event, and whatever their addresses.
     *
     * @param event the event's name; two events may share one
     */
    default void onDecoded(String event) {}

    /**
     * A log has the first topic of an event, but is not of it.
     *
     * @param event the event's name
     * @param why what did not fit
     */
    default void onNotThisEvent(String event, String why) {}

    /**
     * A rule looked at an event at its address and let it go. Rules on other events or addresses do not look.
     *
     * @param rule the rule's name
     * @param reason why
     */
    default void onRejected(String rule, Rejection reason) {}

    /**
     * A rule matched.
     *
     * @param match the match
     */
    default void onMatch(Match match) {}
}
