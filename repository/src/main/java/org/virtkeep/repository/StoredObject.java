package org.virtkeep.repository;

/// One object in a [Storage]: its whole name and its size in bytes.
public record StoredObject(String name, long sizeBytes) {

    /// The name's last component.
    String baseName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
