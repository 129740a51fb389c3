package org.virtkeep.daemon.events;

import java.util.List;
import java.util.UUID;

/// An event as clients are told of it.
///
/// @param sequence its number
record Told(long sequence, UUID domain, List<Telling<?>> tellings) {}
