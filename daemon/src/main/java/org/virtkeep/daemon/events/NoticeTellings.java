package org.virtkeep.daemon.events;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Event.Notice;
import org.virtkeep.rpc.DeviceEvent;
import org.virtkeep.rpc.DiskEvent;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.GuestEvent;
import org.virtkeep.rpc.LibvirtEvents;

/// What clients are told of what QEMU told. Stateless.
final class NoticeTellings {
    private static final int AGENT_CONNECTED = 1;
    private static final int AGENT_DISCONNECTED = 2;

    /// Its channel changed.
    private static final int AGENT_REASON_CHANNEL = 2;

    private static final int TRAY_OPENED = 0;
    private static final int TRAY_CLOSED = 1;
    private static final int ERROR_PAUSED = 1;
    private static final int ERROR_REPORTED = 2;

    private NoticeTellings() {}

    static List<Telling<?>> of(Notice notice, DomainRef domain) {
        return switch (notice) {
            case Notice.Rebooted() ->
                List.of(new Telling<>(LibvirtEvents.REBOOT, id -> new GuestEvent.Reboot(id, domain)));
            case Notice.AgentChanged(boolean connected) ->
                List.of(new Telling<>(
                        LibvirtEvents.AGENT_LIFECYCLE,
                        id -> new GuestEvent.AgentLifecycle(
                                id, domain, connected ? AGENT_CONNECTED : AGENT_DISCONNECTED, AGENT_REASON_CHANNEL)));
            case Notice.DeviceAdded(String device) ->
                List.of(new Telling<>(
                        LibvirtEvents.DEVICE_ADDED, id -> new DeviceEvent.DeviceAdded(id, domain, device)));
            case Notice.DeviceRemoved(String device) ->
                List.of(new Telling<>(
                        LibvirtEvents.DEVICE_REMOVED, id -> new DeviceEvent.DeviceRemoved(id, domain, device)));
            case Notice.TrayMoved(String device, boolean open) ->
                List.of(new Telling<>(
                        LibvirtEvents.TRAY_CHANGE,
                        id -> new DiskEvent.TrayChange(id, domain, device, open ? TRAY_OPENED : TRAY_CLOSED)));
            case Notice.IoError error -> ioError(error, domain);
            case Notice.ThresholdExceeded(String device, String path, long threshold, long excess) ->
                List.of(new Telling<>(
                        LibvirtEvents.BLOCK_THRESHOLD,
                        id -> new DiskEvent.BlockThreshold(
                                id,
                                domain,
                                device,
                                Optional.of(path).filter(name -> !name.isEmpty()),
                                threshold,
                                excess)));
        };
    }

    private static List<Telling<?>> ioError(Notice.IoError error, DomainRef domain) {
        int action = error.paused() ? ERROR_PAUSED : ERROR_REPORTED;
        String reason = error.noSpace() ? "enospc" : "";
        return List.of(
                new Telling<>(
                        LibvirtEvents.IO_ERROR,
                        id -> new DiskEvent.IoError(id, domain, error.path(), error.device(), action)),
                new Telling<>(
                        LibvirtEvents.IO_ERROR_REASON,
                        id -> new DiskEvent.IoErrorReason(id, domain, error.path(), error.device(), action, reason)));
    }
}
