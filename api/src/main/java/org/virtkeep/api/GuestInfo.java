package org.virtkeep.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a guest's agent tells about it (`virDomainGetGuestInfo`); a part that was not asked for, or
/// that the agent does not know, is empty.
///
/// @param operatingSystem such as `id`, `name`, `version-id`, `kernel-release`
public record GuestInfo(
        Optional<List<User>> users,
        Map<String, String> operatingSystem,
        Optional<TimeZone> timeZone,
        Optional<String> hostName,
        Optional<List<GuestFileSystem>> fileSystems) {

    public GuestInfo {
        users = users.map(List::copyOf);
        operatingSystem = Map.copyOf(operatingSystem);
        fileSystems = fileSystems.map(List::copyOf);
    }

    /// With libvirt's bits (`virDomainGuestInfoTypes`).
    public enum Part {
        USERS(1),
        OPERATING_SYSTEM(1 << 1),
        TIME_ZONE(1 << 2),
        HOST_NAME(1 << 3),
        FILE_SYSTEMS(1 << 4);

        private final int wireValue;

        Part(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    /// Someone who is logged in.
    ///
    /// @param domain           of a Windows user
    /// @param loginMillisSince milliseconds since 1970
    public record User(String name, Optional<String> domain, OptionalLong loginMillisSince) {}

    /// @param offsetSeconds east of UTC
    public record TimeZone(Optional<String> name, OptionalInt offsetSeconds) {}
}
