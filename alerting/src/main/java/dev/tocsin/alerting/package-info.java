/**
 * Alerts, their routes and groups.
 *
 * <p>The tour: an {@link dev.tocsin.alerting.Alert} is a statement about one thing that goes wrong, told apart from others by its labels.
 * A {@link dev.tocsin.alerting.Route} is a node of a tree that says which alerts go to which receiver and which of them share a
 * notification; the tree follows the rules of Prometheus Alertmanager. An {@link dev.tocsin.alerting.AlertRouter} applies the tree to alerts
 * that are given together and makes {@link dev.tocsin.alerting.Notification}s, each with a key derived from its content. Whoever has a
 * store records them under that key and delivers from there; whoever has none lets the router post them to its
 * {@link dev.tocsin.alerting.Receiver}s.
 *
 * <p>The vocabulary:
 *
 * <dl>
 *   <dt>alert
 *   <dd>a named condition with labels, firing or resolved
 *   <dt>fingerprint
 *   <dd>a number over the labels: the same labels have the same fingerprint, here and in Alertmanager
 *   <dt>key (of an alert)
 *   <dd>what makes two alerts the same occurrence: the fingerprint and the start, unless the caller knows better
 *   <dt>group
 *   <dd>the alerts of one route that have the same values of the labels the route groups by
 *   <dt>receiver
 *   <dd>the name of those who are told, and the port that tells them
 *   <dt>notification
 *   <dd>what one receiver is told about one group: either its firing alerts, or its resolved ones
 * </dl>
 */
package dev.tocsin.alerting;
