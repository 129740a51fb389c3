package org.virtkeep.model;

import java.util.Optional;
import java.util.OptionalLong;

/// One `<disk>` of a `<domaincheckpoint>` document.
///
/// @param name      target device, or in a request also the absolute path of its source
/// @param tracked   true for `checkpoint='bitmap'`, false for `checkpoint='no'`
/// @param bitmap    the bitmap's name; libvirt wants the checkpoint's own name
/// @param sizeBytes bytes changed since the checkpoint, only in output and only when asked for
public record CheckpointDisk(String name, boolean tracked, Optional<String> bitmap, OptionalLong sizeBytes) {}
