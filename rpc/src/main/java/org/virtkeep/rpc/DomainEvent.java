package org.virtkeep.rpc;

/// Something that happened to a domain, as libvirt's callback events tell it.
public sealed interface DomainEvent extends EventMessage permits GuestEvent, DiskEvent, DeviceEvent, JobEvent {

    /// What the registration for it returned.
    int callbackId();

    DomainRef domain();
}
