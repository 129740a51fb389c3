package org.virtkeep.model;

/// Documents that several tests read.
final class Documents {
    private Documents() {}

    /// A server as virt-install defines it, with user networking and a few more disks.
    static final String SERVER = """
            <domain type='kvm'>
              <name>web01</name>
              <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
              <title>Web server</title>
              <description>Runs the &lt;shop&gt;</description>
              <metadata>
                <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                  <libosinfo:os id='http://debian.org/debian/12'/>
                </libosinfo:libosinfo>
              </metadata>
              <memory unit='KiB'>2097152</memory>
              <currentMemory unit='KiB'>2097152</currentMemory>
              <vcpu placement='static'>4</vcpu>
              <iothreads>2</iothreads>
              <resource>
                <partition>/machine</partition>
              </resource>
              <os>
                <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
                <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>
                <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>/var/lib/libvirt/qemu/nvram/web01_VARS.fd</nvram>
              </os>
              <features>
                <acpi/>
                <apic/>
                <vmport state='off'/>
              </features>
              <cpu mode='host-passthrough' check='none' migratable='on'>
                <topology sockets='1' dies='1' cores='2' threads='2'/>
              </cpu>
              <clock offset='utc'>
                <timer name='rtc' tickpolicy='catchup'/>
                <timer name='pit' tickpolicy='delay'/>
                <timer name='hpet' present='no'/>
              </clock>
              <on_poweroff>destroy</on_poweroff>
              <on_reboot>restart</on_reboot>
              <on_crash>destroy</on_crash>
              <pm>
                <suspend-to-mem enabled='no'/>
                <suspend-to-disk enabled='no'/>
              </pm>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2' cache='none' error_policy='stop' io='native' discard='unmap' detect_zeroes='unmap' iothread='2'/>
                  <source file='/var/lib/libvirt/images/web01.qcow2' index='3'/>
                  <backingStore type='file'>
                    <format type='qcow2'/>
                    <source file='/var/lib/libvirt/images/base.qcow2'/>
                    <backingStore/>
                  </backingStore>
                  <target dev='vda' bus='virtio'/>
                  <serial>WEB01</serial>
                  <boot order='1'/>
                  <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
                </disk>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/>
                  <source file='/var/lib/libvirt/images/data.qcow2'>
                    <dataStore type='file'>
                      <format type='raw'/>
                      <source file='/var/lib/libvirt/images/data.raw'/>
                    </dataStore>
                  </source>
                  <target dev='vdb' bus='virtio'/>
                </disk>
                <disk type='block' device='disk'>
                  <driver name='qemu' type='raw'/>
                  <source dev='/dev/vg0/logs'/>
                  <target dev='sda' bus='scsi'/>
                  <address type='drive' controller='0' bus='0' target='0' unit='0'/>
                </disk>
                <disk type='network' device='disk'>
                  <driver name='qemu' type='raw'/>
                  <source protocol='nbd' name='shared'>
                    <host name='storage' port='10809'/>
                  </source>
                  <target dev='sdb' bus='scsi'/>
                  <readonly/>
                </disk>
                <disk type='file' device='cdrom'>
                  <driver name='qemu' type='raw'/>
                  <target dev='sdc' bus='sata'/>
                  <readonly/>
                </disk>
                <controller type='usb' index='0' model='qemu-xhci' ports='15'/>
                <controller type='scsi' index='0' model='virtio-scsi'/>
                <controller type='pci' index='0' model='pcie-root'/>
                <controller type='pci' index='1' model='pcie-root-port'>
                  <model name='pcie-root-port'/>
                  <target chassis='1' port='0x10'/>
                </controller>
                <controller type='virtio-serial' index='0'/>
                <controller type='sata' index='0'/>
                <interface type='user'>
                  <mac address='52:54:00:aa:bb:cc'/>
                  <model type='virtio'/>
                </interface>
                <serial type='pty'>
                  <target type='isa-serial' port='0'>
                    <model name='isa-serial'/>
                  </target>
                </serial>
                <console type='pty'>
                  <target type='serial' port='0'/>
                </console>
                <channel type='unix'>
                  <source mode='bind'/>
                  <target type='virtio' name='org.qemu.guest_agent.0'/>
                </channel>
                <input type='tablet' bus='usb'/>
                <input type='mouse' bus='ps2'/>
                <input type='keyboard' bus='ps2'/>
                <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>
                  <listen type='address' address='127.0.0.1'/>
                </graphics>
                <audio id='1' type='none'/>
                <video>
                  <model type='virtio' heads='1' primary='yes'>
                    <acceleration accel3d='no'/>
                  </model>
                </video>
                <memballoon model='virtio'>
                  <stats period='5'/>
                </memballoon>
                <rng model='virtio'>
                  <backend model='random'>/dev/urandom</backend>
                </rng>
              </devices>
              <seclabel type='dynamic' model='apparmor' relabel='yes'/>
            </domain>
            """;
}
