package org.virtkeep.daemon.events;

import java.util.List;
import java.util.UUID;

/// An event as clients are told of it.
record Told(UUID domain, List<Telling<?>> tellings) {}
