package org.virtkeep.daemon.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is set, and otherwise the standard values. Immutable.
public final class Configuration {
    /// By the settings' names.
    private final Map<String, Object> values;

    Configuration(Map<String, Object> values) {
        this.values = Map.copyOf(values);
    }

    /// Nothing is set.
    public static Configuration standard() {
        return new Configuration(Map.of());
    }

    public <T> T get(Setting<T> setting) {
        @SuppressWarnings("unchecked") // only its own reader and [#with] put a value there
        T value = (T) values.get(setting.name());
        return value == null ? setting.standard().get() : value;
    }

    /// The same with another value of one setting.
    public <T> Configuration with(Setting<T> setting, T value) {
        var changed = new HashMap<>(values);
        changed.put(setting.name(), value);
        return new Configuration(changed);
    }

    /// Settings that have another value in `newer`.
    public List<Setting<?>> changes(Configuration newer) {
        return Settings.ALL.stream()
                .filter(setting -> !get(setting).equals(newer.get(setting)))
                .<Setting<?>>map(setting -> setting)
                .toList();
    }
}
