/// QEMU processes: how one is started, what it is told, and how one of someone else's is understood.
///
/// Start with [org.virtkeep.qemu.machine.CommandLine] and [org.virtkeep.qemu.machine.QemuProcess]. Everything
/// here is stateless or immutable.
package org.virtkeep.qemu.machine;
