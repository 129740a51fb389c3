package org.virtkeep.daemon.events;

import org.virtkeep.api.Event;

/// libvirt's numbers for why a domain changed its state (`virDomainEvent…DetailType`). Stateless.
final class LifecycleDetail {
    private LifecycleDetail() {}

    /// What libvirt has no number for gets the first of its kind, as an older libvirt would show it.
    static int of(Event.Lifecycle event) {
        return switch (event.type()) {
            case DEFINED -> event.detail().equals("updated") ? 1 : 0;
            case UNDEFINED, STARTED, RESUMED, CRASHED -> 0;
            case SUSPENDED ->
                switch (event.detail()) {
                    case "ioerror" -> 2;
                    case "watchdog" -> 3;
                    default -> 0;
                };
            case STOPPED ->
                switch (event.detail()) {
                    case "destroyed" -> 1;
                    case "crashed" -> 2;
                    case "failed" -> 5;
                    default -> 0;
                };
            case SHUTDOWN ->
                switch (event.detail()) {
                    case "guest" -> 1;
                    case "host" -> 2;
                    default -> 0;
                };
        };
    }
}
