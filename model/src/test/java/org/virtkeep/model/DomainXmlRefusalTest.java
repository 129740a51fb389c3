package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What would change the machine and is not supported is refused by its path.
class DomainXmlRefusalTest {

    private static final String DOMAIN = """
            <domain type='kvm'><name>a</name><memory unit='MiB'>64</memory><os><type>hvm</type>%s</os>%s\
            <devices>%s</devices></domain>""";

    private static VirtException refused(ErrorCode code, String os, String top, String devices, String... parts) {
        return Refusals.refused(code, () -> DomainXml.read(DOMAIN.formatted(os, top, devices)), parts);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            <maxMemory slots='2'>1024</maxMemory>                          | domain/maxMemory
            <memoryBacking><hugepages/></memoryBacking>                     | domain/memoryBacking
            <cputune><shares>5</shares></cputune>                           | domain/cputune
            <numatune/>                                                     | domain/numatune
            <genid/>                                                        | domain/genid
            <launchSecurity type='sev'/>                                    | domain/launchSecurity
            <currentMemory>1024</currentMemory>                             | domain/currentMemory
            <vcpu current='1'>2</vcpu>                                      | domain/vcpu
            <vcpu cpuset='0'>2</vcpu>                                       | domain/vcpu@cpuset
            <vcpu placement='auto'>2</vcpu>                                 | domain/vcpu@placement
            <features><hyperv/></features>                                  | domain/features/hyperv
            <features><vmport state='maybe'/></features>                    | 'maybe'
            <features><apic eoi='on'/></features>                           | domain/features/apic@eoi
            <cpu mode='custom'><model>qemu64</model><feature name='x'/></cpu> | domain/cpu/feature
            <cpu mode='host-passthrough' migratable='off'/>                 | domain/cpu@migratable
            <cpu><topology sockets='2' cores='1' threads='1'/></cpu>        | domain/cpu/topology
            <clock offset='timezone'/>                                      | 'timezone'
            <clock offset='utc'><timer name='kvmclock' present='no'/></clock> | 'kvmclock'
            <on_crash>coredump-destroy</on_crash>                           | coredump-destroy
            <iothreadids><iothread id='2'/></iothreadids>                   | iothreads
            <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>     | domain/qemu:commandline
            """)
    void refusesOfTheDomain(String element, String named) {
        refused(ErrorCode.CONFIG_UNSUPPORTED, "", element, "", named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            <loader type='pflash'>/code.fd</loader>                         | nvram
            <nvram>/vars.fd</nvram>                                         | loader
            <loader type='pflash' secure='yes'>/c</loader><nvram>/v</nvram> | domain/os/loader@secure
            <smbios mode='sysinfo'/>                                        | domain/os/smbios@mode
            <boot dev='fd'/>                                                | domain/os/boot@dev
            <bootmenu enable='yes'/>                                        | domain/os/bootmenu@enable
            <bios useserial='yes'/>                                         | domain/os/bios
            <cmdline>quiet</cmdline>                                        | kernel
            <dtb>/a</dtb>                                                   | domain/os/dtb
            """)
    void refusesOfBooting(String element, String named) {
        refused(ErrorCode.CONFIG_UNSUPPORTED, element, "", "", named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            <interface type='network'><source network='default'/></interface> | domain/devices/interface@type
            <interface type='user'><model type='e1000e'/></interface>       | 'virtio', 'e1000', 'rtl8139'
            <interface type='user'><boot order='1'/></interface>            | domain/devices/interface/boot
            <interface type='user'><link state='down'/></interface>         | 'down'
            <serial type='tcp'/>                                            | domain/devices/serial@type
            <serial type='unix'><source mode='connect' path='/a'/></serial> | 'connect'
            <console type='pty'><target type='virtio'/></console>           | domain/devices/console/target@type
            <console type='pty'/><console type='pty'/>                      | domain/devices/console
            <channel type='spicevmc'/>                                      | domain/devices/channel@type
            <channel type='unix'><target type='virtio' name='other'/></channel> | 'other'
            <graphics type='spice'/>                                        | domain/devices/graphics@type
            <graphics type='vnc' passwd='a'/>                               | domain/devices/graphics@passwd
            <graphics type='vnc'><listen type='network' network='a'/></graphics> | domain/devices/graphics/listen@type
            <video><model type='qxl'/></video>                              | domain/devices/video/model@type
            <video><model type='vga'/></video><video><model type='vga'/></video> | 2 elements 'video'
            <video><model type='virtio'><acceleration accel3d='yes'/></model></video> | accel3d
            <rng model='virtio'><rate bytes='1'/><backend model='random'/></rng> | domain/devices/rng/rate
            <rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng> | '/dev/hwrng'
            <memballoon model='virtio' autodeflate='on'/>                   | domain/devices/memballoon@autodeflate
            <controller type='scsi' model='lsilogic'/>                      | 'lsilogic'
            <controller type='scsi' model='virtio-scsi'><driver queues='2'/></controller> | controller/driver
            <input type='tablet' bus='virtio'/>                             | domain/devices/input@bus
            <hostdev mode='subsystem' type='pci'/>                          | domain/devices/hostdev
            <tpm model='tpm-crb'/>                                          | domain/devices/tpm
            <watchdog model='itco' action='reset'/>                         | domain/devices/watchdog
            <sound model='ich9'/>                                           | domain/devices/sound
            <filesystem type='mount'/>                                      | domain/devices/filesystem
            <panic model='isa'/>                                            | domain/devices/panic
            <audio id='1' type='spice'/>                                    | domain/devices/audio@type
            """)
    void refusesOfDevices(String element, String named) {
        refused(ErrorCode.CONFIG_UNSUPPORTED, "", "", element, named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            type='volume'   | <source pool='a' volume='b'/><target dev='vda'/>             | disk@type
            device='lun'    | <source file='/a'/><target dev='sda'/>                       | disk@device
            device='floppy' | <source file='/a'/><target dev='fda'/>                       | disk@device
            type='network'  | <source protocol='rbd' name='a'/><target dev='vda'/>         | source@protocol
            type='network'  | <source protocol='nbd' tls='yes'><host name='a'/></source><target dev='vda'/> | source@tls
            type='file'     | <source file='/a' startupPolicy='optional'/><target dev='vda'/> | source@startupPolicy
            type='file'     | <source file='/a'><encryption format='luks'/></source><target dev='vda'/> | source/encryption
            type='file'     | <source file='/a'><dataStore type='file'><format type='raw'/><source file='/b'/></dataStore></source><target dev='vda'/> | dataStore
            type='file'     | <driver type='vmdk'/><source file='/a'/><target dev='vda'/>  | driver@type
            type='file'     | <driver queues='2'/><source file='/a'/><target dev='vda'/>   | driver@queues
            type='file'     | <driver copy_on_read='on'/><source file='/a'/><target dev='vda'/> | driver@copy_on_read
            type='file'     | <driver iothread='1'/><source file='/a'/><target dev='vda'/> | 'domain/iothreads'
            type='file'     | <driver iothread='1'/><source file='/a'/><target dev='sda'/> | only a disk on bus 'virtio'
            type='file'     | <source file='/a'/><target dev='hda'/>                       | 'ide'
            type='file'     | <source file='/a'/><target dev='fda'/>                       | 'fda'
            type='file'     | <source file='/a'/><target dev='vda' bus='usb'/>             | target@bus
            type='file'     | <source file='/a'/><target dev='vda' tray='open'/>           | target@tray
            type='file'     | <source file='/a'/><target dev='vda'/><shareable/>           | disk/shareable
            type='file'     | <source file='/a'/><target dev='vda'/><transient/>           | disk/transient
            type='file'     | <source file='/a'/><target dev='vda'/><iotune/>              | disk/iotune
            type='file'     | <source file='/a'/><target dev='vda'/><blockio logical_block_size='4096'/> | disk/blockio
            type='file'     | <source file='/a'/><target dev='vda'/><wwn>5000c50015ea71aa</wwn> | disk/wwn
            device='cdrom'  | <target dev='vda'/>                                          | 'virtio'
            """)
    void refusesOfDisks(String attributes, String content, String named) {
        refused(ErrorCode.CONFIG_UNSUPPORTED, "", "", "<disk %s>%s</disk>".formatted(attributes, content), named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            <disk type='file'><target dev='vda'/></disk>                            | source
            <disk type='file'><source file='/a'/></disk>                            | target
            <disk type='file'><source file='/a'/><target dev='disk1'/></disk>       | 'disk1'
            <disk type='file'><source file='a'/><target dev='vda'/></disk>          | absolute path
            <disk type='block'><source file='/a'/><target dev='vda'/></disk>        | dev
            <interface type='user'><mac address='01:00:00:00:00:00'/></interface>   | unicast
            <interface type='user'><mac/></interface>                               | address
            <graphics type='vnc' port='80'/>                                        | 5900
            <graphics type='vnc' listen='a'><listen type='address' address='b'/></graphics> | different addresses
            <serial type='file'/>                                                   | source
            <emulator>qemu</emulator>                                               | absolute path
            """)
    void refusesWhatLibvirtWouldNotTakeEither(String element, String named) {
        refused(ErrorCode.XML_ERROR, "", "", element, named);
    }

    @Test
    void refusesDisksThatClash() {
        String disk = "<disk type='file'><source file='/%s'/><target dev='%s'/>%s</disk>";
        refused(ErrorCode.XML_ERROR, "", "", disk.formatted("a", "vda", "") + disk.formatted("b", "vda", ""), "'vda'");
        String first = "<boot order='1'/>";
        refused(
                ErrorCode.XML_ERROR,
                "",
                "",
                disk.formatted("a", "vda", first) + disk.formatted("b", "vdb", first),
                "boot order 1");
        refused(ErrorCode.CONFIG_UNSUPPORTED, "<boot dev='hd'/>", "", disk.formatted("a", "vda", first), "together");
    }

    @Test
    void refusesMachinesThatItCannotBuild() {
        String document = "<domain type='%s'><name>a</name><memory>65536</memory><os><type %s>%s</type></os></domain>";
        for (String[] each : new String[][] {
            {"xen", "", "hvm", "domain@type"},
            {"kvm", "arch='aarch64'", "hvm", "domain/os/type@arch"},
            {"kvm", "machine='microvm'", "hvm", "'microvm'"},
            {"kvm", "", "xen", "'xen'"},
        }) {
            Refusals.refused(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    () -> DomainXml.read(document.formatted(each[0], each[1], each[2])),
                    each[3]);
        }
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                () -> DomainXml.read("<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os>"
                        + "<cpu mode='host-passthrough'/></domain>"),
                "'host-passthrough'",
                "'kvm'");
    }

    @Test
    void saysWhatIsSupportedInstead() {
        VirtException refused = refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                "",
                "",
                "\n<disk type='file'>\n<driver cache='fast'/><source file='/a'/><target dev='vda'/></disk>",
                "'domain/devices/disk/driver@cache'",
                "'fast'",
                "line 3",
                "'none', 'writeback'");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.DOMAIN);
    }

    @Test
    void refusesTextThatItWouldLose() {
        refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                "",
                "<metadata><a:b xmlns:a='a'>text<a:c/></a:b></metadata>",
                "",
                "'a:b'",
                "text");
    }

    @Test
    void refusesNamesThatAreNoFileNames() {
        for (String name : new String[] {"", " ", ".", "..", "a/b", "a&#10;b", "a".repeat(201)}) {
            Refusals.refused(
                    ErrorCode.XML_ERROR,
                    () -> DomainXml.read("<domain type='kvm'><name>" + name
                            + "</name><memory>65536</memory><os><type>hvm</type></os></domain>"),
                    "name");
        }
    }

    @Test
    void showsOnlyTheStartOfALongValueAndNoControlCharacters() {
        VirtException refused = refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                "",
                "<on_crash>\nx" + "y".repeat(1_000_000) + "</on_crash>",
                "",
                "xyyy",
                "…'; supported: 'destroy'");
        assertThat(refused.getMessage()).hasSizeLessThan(250).doesNotContain("\n");
    }

    @Test
    void refusesAnotherRootElement() {
        Refusals.refused(ErrorCode.XML_ERROR, () -> DomainXml.read("<network/>"), "'network'", "'domain'");
    }
}
