package org.virtkeep.qemu.snapshot;

import java.util.Optional;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.XmlElement;

/// What we remember of a snapshot beside what libvirt's document has a place for: kept in its `<cookie>`.
///
/// @param checkpoint the checkpoint of the same instant
/// @param merging    its deletion has begun: the images below hold more than they did at the instant
/// @param failure    why its deletion failed last
record Memory(Optional<String> checkpoint, boolean merging, Optional<String> failure) {
    private static final String ELEMENT = "vk:snapshot";
    private static final String NAMESPACE = "https://virtkeep.org/snapshot/1";

    static Memory of(SnapshotDefinition snapshot) {
        Optional<XmlElement> kept = snapshot.cookie().flatMap(cookie -> cookie.child(ELEMENT));
        return new Memory(
                kept.flatMap(element -> element.attribute("checkpoint")),
                kept.flatMap(element -> element.attribute("merging")).isPresent(),
                kept.flatMap(element -> element.attribute("failure")));
    }

    Memory withMerging() {
        return new Memory(checkpoint, true, Optional.empty());
    }

    Memory withFailure(String reason) {
        return new Memory(checkpoint, merging, Optional.of(reason));
    }

    SnapshotDefinition keptIn(SnapshotDefinition snapshot) {
        XmlElement element = XmlElement.of(ELEMENT).with("xmlns:vk", NAMESPACE);
        if (checkpoint.isPresent()) {
            element = element.with("checkpoint", checkpoint.get());
        }
        if (merging) {
            element = element.with("merging", "yes");
        }
        if (failure.isPresent()) {
            element = element.with("failure", failure.get());
        }
        return snapshot.withCookie(Optional.of(XmlElement.of("cookie").with(element)));
    }
}
