package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.List;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.rpc.TypedParameter;

/// What is known of a guest, under the names that libvirt gives it (`virDomainGetGuestInfo`).
/// Stateless.
final class GuestParameters {
    private GuestParameters() {}

    static List<TypedParameter> of(GuestInfo info) {
        var all = new ArrayList<TypedParameter>();
        info.users().ifPresent(users -> addUsers(all, users));
        info.operatingSystem().forEach((name, value) -> all.add(TypedParameter.text("os." + name, value)));
        info.timeZone().ifPresent(zone -> {
            zone.name().ifPresent(name -> all.add(TypedParameter.text("timezone.name", name)));
            zone.offsetSeconds().ifPresent(offset -> all.add(TypedParameter.int32("timezone.offset", offset)));
        });
        info.hostName().ifPresent(name -> all.add(TypedParameter.text("hostname", name)));
        info.fileSystems().ifPresent(systems -> addFileSystems(all, systems));
        return all;
    }

    private static void addUsers(List<TypedParameter> all, List<GuestInfo.User> users) {
        all.add(TypedParameter.unsignedInt32("user.count", users.size()));
        for (int i = 0; i < users.size(); i++) {
            GuestInfo.User user = users.get(i);
            String prefix = "user.%d.".formatted(i);
            all.add(TypedParameter.text(prefix + "name", user.name()));
            user.domain().ifPresent(domain -> all.add(TypedParameter.text(prefix + "domain", domain)));
            user.loginMillisSince()
                    .ifPresent(time -> all.add(TypedParameter.unsignedInt64(prefix + "login-time", time)));
        }
    }

    private static void addFileSystems(List<TypedParameter> all, List<GuestFileSystem> systems) {
        all.add(TypedParameter.unsignedInt32("fs.count", systems.size()));
        for (int i = 0; i < systems.size(); i++) {
            GuestFileSystem system = systems.get(i);
            String prefix = "fs.%d.".formatted(i);
            all.add(TypedParameter.text(prefix + "name", system.name()));
            all.add(TypedParameter.text(prefix + "mountpoint", system.mountPoint()));
            all.add(TypedParameter.text(prefix + "fstype", system.type()));
            system.totalBytes()
                    .ifPresent(bytes -> all.add(TypedParameter.unsignedInt64(prefix + "total-bytes", bytes)));
            system.usedBytes().ifPresent(bytes -> all.add(TypedParameter.unsignedInt64(prefix + "used-bytes", bytes)));
            all.add(TypedParameter.unsignedInt32(
                    prefix + "disk.count", system.disks().size()));
            for (int j = 0; j < system.disks().size(); j++) {
                all.add(TypedParameter.text(
                        prefix + "disk.%d.alias".formatted(j), system.disks().get(j)));
            }
        }
    }
}
