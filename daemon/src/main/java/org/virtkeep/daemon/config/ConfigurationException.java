package org.virtkeep.daemon.config;

import java.util.List;

/// A configuration file that cannot be used: everything that is wrong with it.
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /// A line each, with the place: `FILE:LINE: what is wrong`.
    public List<String> problems() {
        return problems;
    }
}
