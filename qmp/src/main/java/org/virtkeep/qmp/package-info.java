/// A QEMU monitor connection and the commands we send through it.
///
/// Start with [QmpConnection#connect], [QmpMonitor#execute] and [QmpMonitor#subscribe]. Every command is a
/// type that implements [QmpCommand] and knows the shape of its reply. Failures are the sealed family
/// [QmpException].
///
/// Threads: each connection has one virtual thread that reads and one that writes; any thread may call.
/// Commands, replies and events are immutable values.
package org.virtkeep.qmp;
