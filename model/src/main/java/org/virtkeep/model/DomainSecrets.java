package org.virtkeep.model;

/// What a domain's XML keeps secret: the passwords of its displays. libvirt shows them only with its flag
/// SECURE.
public final class DomainSecrets {
    private DomainSecrets() {}

    /// The document without them.
    public static XmlElement removedFrom(XmlElement domain) {
        return domain.withChildren(domain.children().stream()
                .map(child -> child.name().equals("devices") ? devices(child) : child)
                .toList());
    }

    private static XmlElement devices(XmlElement devices) {
        return devices.withChildren(devices.children().stream()
                .map(device -> device.name().equals("graphics") ? device.without("passwd") : device)
                .toList());
    }
}
