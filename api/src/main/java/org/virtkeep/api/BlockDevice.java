package org.virtkeep.api;

import java.util.Optional;

/// A line of `virsh domblklist --details`.
///
/// @param type   `file`, `block` or `network`
/// @param device `disk` or `cdrom`
/// @param source path or URI; empty for a drive without medium
public record BlockDevice(String target, String type, String device, Optional<String> source) {}
