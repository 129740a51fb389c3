/// XDR and libvirt's RPC, both ends of it.
///
/// Start with [RpcClient] to call a peer, or with [RpcDispatcher] and [RpcServerConnection] to be one.
/// [LibvirtProgram] is the table of the procedures of libvirt's own program, [QemuProgram] and
/// [VirtkeepProgram] are those of the programs beside it. Each [Procedure] knows the types of its arguments
/// and of its reply; those types are records, grouped by topic: [ConnectMessages], [DomainMessages],
/// [BlockMessages], [JobMessages], [AgentMessages], [CheckpointMessages], [SnapshotMessages],
/// [BackupMessages]. Each record has its codec, the layout of its fields in XDR (RFC 4506), standing beside it.
///
/// **Threads.** A connection has one virtual reader thread, one virtual writer thread and one virtual watch
/// thread. On the server, each request runs on a virtual thread of its own, up to a limit. Callers of the
/// client block; nothing calls back into them.
///
/// **Unsigned numbers.** XDR's unsigned types are carried in the signed Java type of the same width, where a
/// full range may appear (`Long.toUnsignedString` shows it as the peer meant it).
///
/// **Not here.** Streams and file descriptors: procedures that need them are in no table, so that a server
/// built from this module answers "unknown procedure", which libvirt's clients expect.
package org.virtkeep.rpc;
