package org.virtkeep.qemu.snapshot;

import java.util.Optional;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.XmlElement;

/// What we remember of a snapshot beside what libvirt's document has a place for: kept in its `<cookie>`.
///
/// @param checkpoint the checkpoint of the same instant
/// @param merging    its deletion has begun: the images below hold more than they did at the instant
/// @param failure    why its deletion failed last
/// @param committed  a block job has merged something into the images below
record Memory(Optional<String> checkpoint, boolean merging, Optional<String> failure, boolean committed) {
    private static final String ELEMENT = "vk:snapshot";
    private static final String NAMESPACE = "https://virtkeep.org/snapshot/1";

    static Memory of(SnapshotDefinition snapshot) {
        Optional<XmlElement> kept = snapshot.cookie().flatMap(cookie -> cookie.child(ELEMENT));
        return new Memory(
                kept.flatMap(element -> element.attribute("checkpoint")),
                kept.flatMap(element -> element.attribute("merging")).isPresent(),
                kept.flatMap(element -> element.attribute("failure")),
                kept.flatMap(element -> element.attribute("committed")).isPresent());
    }

    Memory withMerging() {
        return new Memory(checkpoint, true, Optional.empty(), committed);
    }

    Memory withFailure(String reason) {
        return new Memory(checkpoint, merging, Optional.of(reason), committed);
    }

    Memory withCommit() {
        return new Memory(checkpoint, merging, failure, true);
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
        if (committed) {
            element = element.with("committed", "yes");
        }
        return snapshot.withCookie(Optional.of(XmlElement.of("cookie").with(element)));
    }
}
