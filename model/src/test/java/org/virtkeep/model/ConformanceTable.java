package org.virtkeep.model;

import java.util.List;
import java.util.function.Function;

/// What libvirt 9.0's schemas say about a document, row by row, and what our readers say.
///
/// The readers differ from the schemas in one point, on purpose: a backup may carry an integer `id`, because
/// the XML of a job shows its id there and has to be valid as a request again.
final class ConformanceTable {
    private ConformanceTable() {}

    enum Schema {
        BACKUP("domainbackup.rng", BackupXml::read),
        CHECKPOINT("domaincheckpoint.rng", CheckpointXml::read),
        SNAPSHOT("domainsnapshot.rng", SnapshotXml::read);

        private final String file;
        private final Function<String, Object> reader;

        Schema(String file, Function<String, Object> reader) {
            this.file = file;
            this.reader = reader;
        }

        String file() {
            return file;
        }

        Object read(String document) {
            return reader.apply(document);
        }

        /// True if our reader finds the document valid, be it supported or not.
        boolean accepts(String document) {
            try {
                read(document);
                return true;
            } catch (VirtException e) {
                return switch (e.code()) {
                    case CONFIG_UNSUPPORTED -> true;
                    case XML_INVALID_SCHEMA, XML_ERROR -> false;
                    default -> throw e;
                };
            }
        }
    }

    record Row(String what, Schema schema, String document, boolean validInSchema, boolean validForUs) {
        @Override
        public String toString() {
            return what;
        }
    }

    static final List<Row> ROWS = List.of(
            snapshot(true, "nothing", ""),
            snapshot(
                    true,
                    "all that is named",
                    "<name>s</name><description>d</description><creationTime>1</creationTime>"),
            snapshot(true, "without disks in the list", "<disks/>"),
            snapshot(true, "a disk by its path", "<disks><disk name='/a/b'/></disks>"),
            snapshot(
                    true,
                    "a disk of each mode",
                    "<disks><disk name='vda' snapshot='no'/>"
                            + "<disk name='vdb' snapshot='internal'/><disk name='vdc' snapshot='manual'/>"
                            + "<disk name='vdd' snapshot='external'/></disks>"),
            snapshot(
                    true,
                    "an overlay",
                    "<disks><disk name='vda' snapshot='external' type='file'><driver type='qcow2'/>"
                            + "<source file='/a'/></disk></disks>"),
            snapshot(
                    true,
                    "an overlay on a device",
                    "<disks><disk name='vda' type='block'><source dev='/dev/a'/></disk></disks>"),
            snapshot(true, "no memory", "<memory snapshot='no'/>"),
            snapshot(true, "memory in a file", "<memory file='/m'/>"),
            snapshot(true, "as it is stored", "<state>disk-snapshot</state><parent><name>p</name></parent>"),
            snapshot(false, "an unknown state", "<state>asleep</state>"),
            snapshot(false, "an unknown mode", "<disks><disk name='vda' snapshot='yes'/></disks>"),
            snapshot(false, "a disk without name", "<disks><disk/></disks>"),
            snapshot(
                    false,
                    "an overlay with a relative path",
                    "<disks><disk name='vda'><source file='a'/></disk></disks>"),
            snapshot(
                    false,
                    "an overlay where there is none",
                    "<disks><disk name='vda' snapshot='no'><source file='/a'/></disk></disks>"),
            snapshot(false, "a raw overlay", "<disks><disk name='vda'><driver type='raw'/></disk></disks>"),
            snapshot(false, "memory without mode", "<memory/>"),
            snapshot(false, "a parent without name", "<parent/>"),
            snapshot(false, "an unknown element", "<other/>"),
            valid("empty root", "<domainbackup/>"),
            valid("mode push", "<domainbackup mode='push'/>"),
            invalid("mode default", "<domainbackup mode='default'/>"),
            validForUsOnly("id on the root", "<domainbackup id='1'/>"),
            invalid("id that is no integer", "<domainbackup id='one'/>"),
            invalid("unknown child", "<domainbackup><other/></domainbackup>"),
            invalid("pull without server", "<domainbackup mode='pull'/>"),
            valid("pull, unix server, no disks", pull("<server transport='unix' socket='/s'/>", "")),
            valid("pull, tcp server with name only", pull("<server name='localhost'/>", "")),
            valid("server with IPv6 literal and port", pull("<server name='fe80::1' port='10809'/>", "")),
            invalid("server with port but no name", pull("<server port='10809'/>", "")),
            invalid("empty server", pull("<server/>", "")),
            valid("unix server with tls", pull("<server transport='unix' socket='/s' tls='yes'/>", "")),
            invalid("unix server with name", pull("<server transport='unix' socket='/s' name='a'/>", "")),
            invalid("server with fd transport", pull("<server transport='fd' fdgroup='a'/>", "")),
            valid("port 70000", pull("<server name='a' port='70000'/>", "")),
            invalid("two incremental elements", push("<incremental>a</incremental><incremental>b</incremental>", "")),
            valid("empty incremental", push("<incremental/>", "")),
            valid(
                    "incremental after disks",
                    "<domainbackup><disks><disk name='vda' backup='no'/></disks><incremental>a</incremental></domainbackup>"),
            invalid("push disk without type", pushDisk("", "")),
            invalid("push disk with backup yes and without type", pushDisk("backup='yes'", "")),
            valid("push disk with backup no", pushDisk("backup='no'", "")),
            invalid("push disk with backup no and type", pushDisk("backup='no' type='file'", "")),
            valid("push disk with backup no and backupmode", pushDisk("backup='no' backupmode='full'", "")),
            invalid("push disk with exportname", pushDisk("type='file' exportname='a'", "")),
            invalid("push disk with scratch", pushDisk("type='file'", "<scratch file='/a'/>")),
            valid("push block with dev", pushDisk("type='block'", "<target dev='/dev/a'/>")),
            valid("push block without target", pushDisk("type='block'", "")),
            invalid("push block with file", pushDisk("type='block'", "<target file='/a'/>")),
            valid("push driver raw", pushDisk("type='file'", "<driver type='raw'/>")),
            valid("push driver vmdk", pushDisk("type='file'", "<driver type='vmdk'/>")),
            invalid("push driver bogus", pushDisk("type='file'", "<driver type='bogus'/>")),
            invalid("push driver without type", pushDisk("type='file'", "<driver/>")),
            invalid("push disk named by path", push("", "<disk name='/images/a' type='file'/>")),
            valid("pull disk with only a name", pullDisk("", "")),
            valid("pull disk with type only", pullDisk("type='file'", "")),
            valid("pull scratch without type", pullDisk("", "<scratch file='/a'/>")),
            invalid("pull disk with backup yes and without type", pullDisk("backup='yes'", "")),
            invalid("pull block without scratch", pullDisk("type='block'", "")),
            valid("pull driver qcow2 with scratch", pullDisk("", "<driver type='qcow2'/><scratch file='/a'/>")),
            invalid("pull driver without scratch", pullDisk("", "<driver type='qcow2'/>")),
            valid("backupmode full", pushDisk("type='file' backupmode='full'", "")),
            valid("backupmode incremental without checkpoint", pushDisk("type='file' backupmode='incremental'", "")),
            valid("incremental attribute alone", pushDisk("type='file' incremental='a'", "")),
            invalid("backupmode full with incremental", pushDisk("type='file' backupmode='full' incremental='a'", "")),
            valid("luks encryption", pushDisk("type='file'", "<target file='/a'>" + encryption("luks") + "</target>")),
            invalid(
                    "qcow encryption",
                    pushDisk("type='file'", "<target file='/a'>" + encryption("qcow") + "</target>")),
            valid(
                    "seclabel in target",
                    pushDisk(
                            "type='file'",
                            "<target file='/a'><seclabel model='dac' relabel='no'/>"
                                    + "<seclabel><label>a</label></seclabel></target>")),
            invalid("index attribute", pushDisk("type='file' index='1'", "")),
            invalid("state attribute", pushDisk("type='file' state='running'", "")),
            invalidCheckpoint("checkpoint name with leading dot", named(".a")),
            invalidCheckpoint("checkpoint name with space", named("a b")),
            invalidCheckpoint("checkpoint name that is not ASCII", named("é")),
            invalidCheckpoint("checkpoint name empty", named("")),
            validCheckpoint("checkpoint name with dots inside", named("a..b")),
            invalidCheckpoint("checkpoint disk no with bitmap", tracked("name='vda' checkpoint='no' bitmap='a'")),
            invalidCheckpoint("checkpoint disk without name", tracked("checkpoint='no'")),
            invalidCheckpoint("checkpoint disk external", tracked("name='vda' checkpoint='external'")),
            invalidCheckpoint("checkpoint with empty disks", "<domaincheckpoint><disks/></domaincheckpoint>"),
            invalidCheckpoint("checkpoint with empty parent", "<domaincheckpoint><parent/></domaincheckpoint>"),
            invalidCheckpoint(
                    "checkpoint with negative time",
                    "<domaincheckpoint><creationTime>-1</creationTime></domaincheckpoint>"),
            validCheckpoint("checkpoint disk with bare name", tracked("name='vda'")),
            validCheckpoint("checkpoint disk with path as name", tracked("name='/images/a'")),
            validCheckpoint("checkpoint disk with size", tracked("name='vda' checkpoint='bitmap' size='1'")),
            validCheckpoint(
                    "checkpoint with parent", "<domaincheckpoint><parent><name>a</name></parent></domaincheckpoint>"));

    private static Row snapshot(boolean valid, String what, String content) {
        String document = "<domainsnapshot>" + content + "</domainsnapshot>";
        return new Row("snapshot: " + what, Schema.SNAPSHOT, document, valid, valid);
    }

    private static Row valid(String what, String document) {
        return new Row(what, Schema.BACKUP, document, true, true);
    }

    private static Row invalid(String what, String document) {
        return new Row(what, Schema.BACKUP, document, false, false);
    }

    private static Row validForUsOnly(String what, String document) {
        return new Row(what, Schema.BACKUP, document, false, true);
    }

    private static Row validCheckpoint(String what, String document) {
        return new Row(what, Schema.CHECKPOINT, document, true, true);
    }

    private static Row invalidCheckpoint(String what, String document) {
        return new Row(what, Schema.CHECKPOINT, document, false, false);
    }

    private static String pull(String server, String disks) {
        return "<domainbackup mode='pull'>%s%s</domainbackup>".formatted(server, disks);
    }

    private static String push(String before, String disks) {
        String list = disks.isEmpty() ? "" : "<disks>" + disks + "</disks>";
        return "<domainbackup>%s%s</domainbackup>".formatted(before, list);
    }

    private static String pushDisk(String attributes, String content) {
        return push("", "<disk name='vda' %s>%s</disk>".formatted(attributes, content));
    }

    private static String pullDisk(String attributes, String content) {
        return pull(
                "<server name='localhost' port='10809'/>",
                "<disks><disk name='vda' %s>%s</disk></disks>".formatted(attributes, content));
    }

    private static String encryption(String format) {
        return "<encryption format='%s'><secret type='passphrase' usage='a'/></encryption>".formatted(format);
    }

    private static String named(String name) {
        return "<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name);
    }

    private static String tracked(String attributes) {
        return "<domaincheckpoint><disks><disk %s/></disks></domaincheckpoint>".formatted(attributes);
    }
}
