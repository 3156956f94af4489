/** Alerts, their routes and groups. */
package dev.tocsin.alerting;
