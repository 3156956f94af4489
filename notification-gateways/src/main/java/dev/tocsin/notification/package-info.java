/**
 * Gateways to people and programs: what brings a finished message to the other side, and says truthfully what became of it.
 *
 * <p>The tour: a {@link dev.tocsin.notification.Message} goes through a {@link dev.tocsin.notification.Gateway} ({@link
 * dev.tocsin.notification.WebhookGateway}, {@link dev.tocsin.notification.SlackWebhook}, {@code email.SmtpGateway}) and comes back
 * as one {@link dev.tocsin.notification.DeliveryOutcome}. A gateway tries once; whether and when to try again is the caller's {@link
 * dev.tocsin.notification.RetryPolicy}. What happens is told to a {@link dev.tocsin.notification.GatewayListener}, of which {@link
 * dev.tocsin.notification.GatewayMeters} is one.
 *
 * <p>Words: a <i>message</i> is what is to be said; its <i>key</i> is derived from what it is about and is the same at every attempt,
 * so that a <i>receiver</i> can drop a repeat. An <i>attempt</i> is one {@code send}. A <i>recipient</i> is the address a gateway sends
 * to. An <i>outcome</i> is what is known after an attempt.
 */
package dev.tocsin.notification;
