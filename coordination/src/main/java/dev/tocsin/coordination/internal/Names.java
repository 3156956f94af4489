package dev.tocsin.coordination.internal;

import java.util.regex.Pattern;

/** The shape of names. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,128}");

    private Names() {}

    /**
     * Refuses a name that is not of the shape.
     *
     * @param what what is named, for the message
     * @param name the name
     * @return the same name
     */
    public static String check(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " must be 1 to 128 characters of a-z 0-9 . - _, was \"" + name + '"');
        }
        return name;
    }
}
