package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;

/// All commands by name, which for some is two or three words. Only the one that is run gets loaded.
final class Commands {
    /// The commands about one thing, in the order in which the help shows them.
    record Group(String title, List<String> names) {}

    static final List<Group> GROUPS = List.of(
            new Group(
                    "DOMAINS",
                    List.of(
                            "list",
                            "define",
                            "undefine",
                            "attach",
                            "create",
                            "start",
                            "suspend",
                            "resume",
                            "shutdown",
                            "reboot",
                            "reset",
                            "destroy",
                            "autostart",
                            "dumpxml",
                            "dominfo",
                            "domstate",
                            "domblklist",
                            "domblkinfo",
                            "blockresize",
                            "blockcommit",
                            "blockpull",
                            "blockcopy",
                            "blockjob",
                            "domblkthreshold",
                            "attach-disk",
                            "detach-disk",
                            "change-media",
                            "desc",
                            "metadata",
                            "domid",
                            "domuuid",
                            "domname",
                            "qemu-monitor-command")),
            new Group("FIGURES", List.of("domstats", "domblkstat", "domblkerror", "dommemstat")),
            new Group(
                    "GUEST",
                    List.of(
                            "guestinfo",
                            "domhostname",
                            "domtime",
                            "domfsinfo",
                            "domfsfreeze",
                            "domfsthaw",
                            "domfstrim",
                            "qemu-agent-command")),
            new Group(
                    "BACKUPS",
                    List.of(
                            "backup",
                            "restore",
                            "backup-begin",
                            "backup-end",
                            "backup-list",
                            "backup-dumpxml",
                            "domjobinfo",
                            "domjobabort")),
            new Group(
                    "CHECKPOINTS",
                    List.of(
                            "checkpoint-create",
                            "checkpoint-create-as",
                            "checkpoint-list",
                            "checkpoint-info",
                            "checkpoint-parent",
                            "checkpoint-dumpxml",
                            "checkpoint-edit",
                            "checkpoint-delete",
                            "checkpoint-repair",
                            "checkpoint-import")),
            new Group(
                    "SNAPSHOTS",
                    List.of(
                            "snapshot-create",
                            "snapshot-create-as",
                            "snapshot-list",
                            "snapshot-info",
                            "snapshot-current",
                            "snapshot-parent",
                            "snapshot-dumpxml",
                            "snapshot-delete",
                            "snapshot-revert")),
            new Group(
                    "REPOSITORY",
                    List.of(
                            "show",
                            "diff",
                            "import",
                            "serve",
                            "cat",
                            "verify",
                            "prune",
                            "hold",
                            "release",
                            "forget",
                            "repo init",
                            "repo info",
                            "repo check",
                            "repo rebuild-index",
                            "repo key list",
                            "repo key add",
                            "repo key change",
                            "repo key remove")),
            new Group("HOST", List.of("nodeinfo", "capabilities", "domcapabilities")),
            new Group("MORE", List.of("event", "completion", "help")));

    private Commands() {}

    static List<String> names() {
        return GROUPS.stream().flatMap(group -> group.names().stream()).toList();
    }

    /// What stands above the commands whose names begin so.
    static CommandGroup makeGroup(String name) {
        return switch (name) {
            case "repo" -> new RepoCommands();
            case "repo key" -> new RepoKeyCommands();
            default -> throw new IllegalArgumentException("no group of commands is named '%s'".formatted(name));
        };
    }

    /// A new instance; empty if there is no such command.
    static Optional<CliCommand> make(String name) {
        return switch (name) {
            case "list" -> Optional.of(new ListCommand());
            case "define" -> Optional.of(new DefineCommand());
            case "undefine" -> Optional.of(new UndefineCommand());
            case "attach" -> Optional.of(new AttachCommand());
            case "create" -> Optional.of(new CreateCommand());
            case "start" -> Optional.of(new StartCommand());
            case "suspend" -> Optional.of(new SuspendCommand());
            case "resume" -> Optional.of(new ResumeCommand());
            case "shutdown" -> Optional.of(new ShutdownCommand());
            case "reboot" -> Optional.of(new RebootCommand());
            case "reset" -> Optional.of(new ResetCommand());
            case "destroy" -> Optional.of(new DestroyCommand());
            case "autostart" -> Optional.of(new AutostartCommand());
            case "dumpxml" -> Optional.of(new DumpXmlCommand());
            case "dominfo" -> Optional.of(new DomInfoCommand());
            case "domstate" -> Optional.of(new DomStateCommand());
            case "domblklist" -> Optional.of(new DomBlkListCommand());
            case "domblkinfo" -> Optional.of(new DomBlkInfoCommand());
            case "domfsinfo" -> Optional.of(new DomFsInfoCommand());
            case "domfsfreeze" -> Optional.of(new DomFsFreezeCommand());
            case "domfsthaw" -> Optional.of(new DomFsThawCommand());
            case "attach-disk" -> Optional.of(new AttachDiskCommand());
            case "detach-disk" -> Optional.of(new DetachDiskCommand());
            case "change-media" -> Optional.of(new ChangeMediaCommand());
            case "blockresize" -> Optional.of(new BlockResizeCommand());
            case "blockcommit" -> Optional.of(new BlockCommitCommand());
            case "blockpull" -> Optional.of(new BlockPullCommand());
            case "blockcopy" -> Optional.of(new BlockCopyCommand());
            case "domblkthreshold" -> Optional.of(new DomBlkThresholdCommand());
            case "blockjob" -> Optional.of(new BlockJobCommand());
            case "desc" -> Optional.of(new DescCommand());
            case "metadata" -> Optional.of(new MetadataCommand());
            case "domid" -> Optional.of(new DomIdCommand());
            case "domuuid" -> Optional.of(new DomUuidCommand());
            case "domname" -> Optional.of(new DomNameCommand());
            case "qemu-monitor-command" -> Optional.of(new QemuMonitorCommand());
            case "domstats" -> Optional.of(new DomStatsCommand());
            case "domblkstat" -> Optional.of(new DomBlkStatCommand());
            case "domblkerror" -> Optional.of(new DomBlkErrorCommand());
            case "dommemstat" -> Optional.of(new DomMemStatCommand());
            case "guestinfo" -> Optional.of(new GuestInfoCommand());
            case "domhostname" -> Optional.of(new DomHostnameCommand());
            case "domtime" -> Optional.of(new DomTimeCommand());
            case "domfstrim" -> Optional.of(new DomFsTrimCommand());
            case "qemu-agent-command" -> Optional.of(new QemuAgentCommand());
            case "nodeinfo" -> Optional.of(new NodeInfoCommand());
            case "capabilities" -> Optional.of(new CapabilitiesCommand());
            case "domcapabilities" -> Optional.of(new DomCapabilitiesCommand());
            case "backup" -> Optional.of(new BackupCommand());
            case "restore" -> Optional.of(new RestoreCommand());
            case "backup-begin" -> Optional.of(new BackupBeginCommand());
            case "backup-end" -> Optional.of(new BackupEndCommand());
            case "backup-list" -> Optional.of(new BackupListCommand());
            case "backup-dumpxml" -> Optional.of(new BackupDumpXmlCommand());
            case "domjobinfo" -> Optional.of(new DomJobInfoCommand());
            case "domjobabort" -> Optional.of(new DomJobAbortCommand());
            case "checkpoint-create" -> Optional.of(new CheckpointCreateCommand());
            case "checkpoint-create-as" -> Optional.of(new CheckpointCreateAsCommand());
            case "checkpoint-list" -> Optional.of(new CheckpointListCommand());
            case "checkpoint-info" -> Optional.of(new CheckpointInfoCommand());
            case "checkpoint-parent" -> Optional.of(new CheckpointParentCommand());
            case "checkpoint-dumpxml" -> Optional.of(new CheckpointDumpXmlCommand());
            case "checkpoint-edit" -> Optional.of(new CheckpointEditCommand());
            case "checkpoint-repair" -> Optional.of(new CheckpointRepairCommand());
            case "checkpoint-import" -> Optional.of(new CheckpointImportCommand());
            case "checkpoint-delete" -> Optional.of(new CheckpointDeleteCommand());
            case "snapshot-create" -> Optional.of(new SnapshotCreateCommand());
            case "snapshot-create-as" -> Optional.of(new SnapshotCreateAsCommand());
            case "snapshot-list" -> Optional.of(new SnapshotListCommand());
            case "snapshot-info" -> Optional.of(new SnapshotInfoCommand());
            case "snapshot-current" -> Optional.of(new SnapshotCurrentCommand());
            case "snapshot-parent" -> Optional.of(new SnapshotParentCommand());
            case "snapshot-dumpxml" -> Optional.of(new SnapshotDumpXmlCommand());
            case "snapshot-delete" -> Optional.of(new SnapshotDeleteCommand());
            case "snapshot-revert" -> Optional.of(new SnapshotRevertCommand());
            case "show" -> Optional.of(new ShowCommand());
            case "diff" -> Optional.of(new DiffCommand());
            case "import" -> Optional.of(new ImportCommand());
            case "serve" -> Optional.of(new ServeCommand());
            case "cat" -> Optional.of(new CatCommand());
            case "verify" -> Optional.of(new VerifyCommand());
            case "prune" -> Optional.of(new PruneCommand());
            case "hold" -> Optional.of(new HoldCommand());
            case "release" -> Optional.of(new ReleaseCommand());
            case "forget" -> Optional.of(new ForgetCommand());
            case "repo init" -> Optional.of(new RepoInitCommand());
            case "repo info" -> Optional.of(new RepoInfoCommand());
            case "repo check" -> Optional.of(new RepoCheckCommand());
            case "repo rebuild-index" -> Optional.of(new RepoRebuildIndexCommand());
            case "repo key list" -> Optional.of(new RepoKeyListCommand());
            case "repo key add" -> Optional.of(new RepoKeyAddCommand());
            case "repo key change" -> Optional.of(new RepoKeyChangeCommand());
            case "repo key remove" -> Optional.of(new RepoKeyRemoveCommand());
            case "event" -> Optional.of(new EventCommand());
            case "completion" -> Optional.of(new CompletionCommand());
            case "help" -> Optional.of(new HelpCommand());
            default -> Optional.empty();
        };
    }
}
