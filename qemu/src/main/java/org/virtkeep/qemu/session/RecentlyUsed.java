package org.virtkeep.qemu.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Remembers so many values, those that were asked for last. Thread-safe.
final class RecentlyUsed<K, V> {
    private final Map<K, V> known; // guarded by this

    RecentlyUsed(int most) {
        known = new LinkedHashMap<>(most, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    synchronized Optional<V> find(K key) {
        return Optional.ofNullable(known.get(key));
    }

    synchronized void note(K key, V value) {
        known.put(key, value);
    }
}
