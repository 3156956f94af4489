/**
 * Email by SMTP. Needs {@code jakarta.mail:jakarta.mail-api} and {@code org.eclipse.angus:angus-mail} in the POM of whoever uses it.
 *
 * <p>Words: a <i>conversation</i> is one connection to the mail server, from greeting to QUIT; a <i>reply</i> is what the server
 * answers to one command, a code and often an enhanced code (RFC 3463).
 */
package dev.tocsin.notification.email;
