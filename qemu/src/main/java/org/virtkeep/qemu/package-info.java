/// Domains of this host, run by this process's own calls: `qemu:///embed?root=DIR`.
///
/// [org.virtkeep.qemu.QemuDriver] opens connections; programs get them by
/// [org.virtkeep.api.Connections#open(java.lang.String)]. Below: package `state` is what is on disk,
/// `machine` what QEMU is told, `session` a domain held for one operation. All types here may be used from
/// any thread.
package org.virtkeep.qemu;
