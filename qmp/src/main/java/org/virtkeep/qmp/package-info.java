/// A QEMU monitor connection and the commands we send through it.
///
/// Start with [QmpConnection#connect], [QmpMonitor#execute] and [QmpMonitor#subscribe]. Every command is a
/// type that implements [QmpCommand] and knows the shape of its reply. Failures are the sealed family
/// [QmpException].
///
/// - The machine: [QueryStatus], [StopVm], [ContinueVm], [PowerDownVm], [ResetVm], [QuitQemu],
///   [QueryCpusFast], [QueryIothreads]
/// - What QEMU is and can: [QueryVersion], [QueryQmpSchema], [QueryName], [QueryUuid]
/// - The block graph: [QueryBlock], [QueryNamedBlockNodes], [QueryBlockGraph], [AddNode], [RemoveNode],
///   [ReopenNodes], [ResizeNode], [SetWriteThreshold], [CreateImage]; their options [NodeOptions],
///   [ImageOptions]
/// - Bitmaps: [AddBitmap], [RemoveBitmap], [EnableBitmap], [DisableBitmap], [ClearBitmap], [MergeBitmaps]
/// - What happens at one point in time: [Transaction], [StartBackup], [TakeSnapshot]
/// - Jobs: [QueryJobs], [QueryBlockJobs], [CancelJob], [CompleteJob], [DismissJob], [FinalizeJob], [StartCommit],
///   [PauseJob], [ResumeJob], [SetJobSpeed]
/// - Exports: [StartNbdServer], [StopNbdServer], [AddNbdExport], [RemoveExport], [QueryBlockExports]
/// - Objects and devices: [AddObject], [RemoveObject], [AddDevice], [RemoveDevice], [QomGet], [QomSet],
///   [QomList], [QueryChardev]
/// - The monitor for people: [HumanMonitorCommand]
///
/// Threads: each connection has one virtual thread that reads and one that writes; any thread may call.
/// Commands, replies and events are immutable values.
package org.virtkeep.qmp;
