/** Gateways to people: email, chat, webhook. */
package dev.tocsin.notification;
