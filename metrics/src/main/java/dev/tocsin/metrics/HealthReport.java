package dev.tocsin.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the components of a program are, at one moment.
 *
 * @param components status by component, in the order in which they were named; may be empty; unmodifiable
 */
public record HealthReport(Map<String, HealthStatus> components) {
    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;

    /** Copies. */
    public HealthReport {
        components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
    }

    /**
     * Whether all is well.
     *
     * @return true if every component is up; also if there is none
     */
    public boolean isUp() {
        return components.values().stream().allMatch(HealthStatus::isUp);
    }

    /**
     * The status to answer with over HTTP.
     *
     * @return 200 if all is well, else 503
     */
    public int httpStatus() {
        return isUp() ? OK : SERVICE_UNAVAILABLE;
    }

    /**
     * The report as JSON (RFC 8259): {@code {"status":"DOWN","components":{"nodes":{"status":"DOWN","detail":"0 of 2 healthy"}}}}.
     * A detail that is empty is left out.
     *
     * @return one line, without a line feed at its end, and valid also if a detail holds half a surrogate pair
     */
    public String toJson() {
        StringBuilder json =
                new StringBuilder("{\"status\":\"").append(word(isUp())).append("\",\"components\":{");
        String separator = "";
        for (Map.Entry<String, HealthStatus> component : components.entrySet()) {
            json.append(separator);
            JsonText.quote(component.getKey(), json);
            json.append(":{\"status\":\"")
                    .append(word(component.getValue().isUp()))
                    .append('"');
            if (!component.getValue().detail().isEmpty()) {
                json.append(",\"detail\":");
                JsonText.quote(component.getValue().detail(), json);
            }
            json.append('}');
            separator = ",";
        }
        return json.append("}}").toString();
    }

    private static String word(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
