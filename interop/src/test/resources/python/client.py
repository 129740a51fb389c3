"""What programs with python3-libvirt do with a daemon: argv[1] is its URI, argv[2] a folder with the image vda.qcow2 and
the firmware hlt.bin. Prints a line for each part that was right."""
import os
import sys
import threading
import time

import libvirt

uri, folder = sys.argv[1:]
LIMIT = 60
CLOSED = []

libvirt.registerErrorHandler(lambda _context, _error: None, None)
libvirt.virEventRegisterDefaultImpl()


def loop():
    while True:
        libvirt.virEventRunDefaultImpl()


threading.Thread(target=loop, daemon=True).start()
conn = libvirt.open(uri)
seen = []


def refused(code, call, *args):
    try:
        call(*args)
    except libvirt.libvirtError as e:
        assert e.get_error_code() == code, (call, e.get_error_code(), e.get_error_message())
        assert e.get_error_message(), call
        return e
    raise AssertionError("%s was not refused" % call)


def wait(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "%s did not come; seen: %s" % (what, seen)
        time.sleep(0.005)


def domain_xml(name):
    return """<domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory>
      <os><type arch='x86_64' machine='q35'>hvm</type><loader type='rom'>%s/hlt.bin</loader></os>
      <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s/vda.qcow2'/>
      <target dev='vda' bus='virtio'/></disk></devices></domain>""" % (name, folder, folder)


# --- connection
assert conn.getType() == "QEMU"
assert conn.getLibVersion() >= 7006000
assert conn.getVersion() > 5000000
assert conn.getHostname()
assert conn.isAlive() and conn.isSecure() == 1 and conn.isEncrypted() == 0
assert conn.getURI() == uri
assert conn.getInfo()[0]
assert "<capabilities>" in conn.getCapabilities()
conn.setKeepAlive(5, 3)
conn.registerCloseCallback(lambda c, reason, _: CLOSED.append(reason), None)
refused(libvirt.VIR_ERR_NO_CONNECT, libvirt.open, uri.replace("qemu:", "xen:", 1))
print("right: connection")

# --- events
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                            lambda c, d, event, detail, o: seen.append((d.name(), event, detail)), None)
block_job = lambda c, d, disk, kind, status, o: seen.append(("block job", os.path.basename(disk), kind, status))
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB, block_job, None)
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, block_job, None)
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED,
                            lambda c, d, params, o: seen.append(("completed", params)), None)
domain = conn.defineXML(domain_xml("py"))
other = conn.defineXML(domain_xml("other"))
own = domain.connect().domainEventRegisterAny(
    domain, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda c, d, event, detail, o: seen.append(("own", event, detail)), None)
domain.create()
domain.suspend()
domain.resume()
wait("resumed", lambda: ("own", 4, 0) in seen[-2:] and ("py", 4, 0) in seen)
lifecycle = [event for event in seen if event[0] == "py"]
assert lifecycle[0] == ("py", 0, 0), lifecycle
assert ("py", 2, 0) in lifecycle and ("py", 3, 0) in lifecycle, lifecycle
assert ("other", 0, 0) in seen
conn.domainEventDeregisterAny(own)
print("right: lifecycle events")

# --- domains
assert domain.ID() > 0 and domain.isActive() == 1 and domain.isPersistent() == 1
assert domain.info()[0] == libvirt.VIR_DOMAIN_RUNNING and domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
assert domain.maxMemory() == 65536
assert conn.lookupByName("py").UUID() == domain.UUID()
assert conn.lookupByUUIDString(domain.UUIDString()).name() == "py"
assert conn.lookupByID(domain.ID()).name() == "py"
names = lambda flags: sorted(d.name() for d in conn.listAllDomains(flags))
assert names(0) == ["other", "py"]
assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE) == ["py"]
assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE) == ["other"]
assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT) == []
assert conn.numOfDomains() == 1 and conn.listDomainsID() == [domain.ID()]
assert conn.numOfDefinedDomains() == 1 and conn.listDefinedDomains() == ["other"]
assert domain.blockInfo("vda")[0] == 16 << 20
assert domain.blockJobInfo("vda", 0) == {}
assert domain.jobInfo()[0] == libvirt.VIR_DOMAIN_JOB_NONE
assert [d.name() for d, _ in conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)].count("py") == 1
assert domain.autostart() == 0
print("right: domains")

# --- checkpoints
first = domain.checkpointCreateXML("<domaincheckpoint><name>one</name></domaincheckpoint>", 0)
second = domain.checkpointCreateXML("<domaincheckpoint><name>two</name></domaincheckpoint>", 0)
points = lambda of, flags: [c.getName() for c in of.listAllCheckpoints(flags)]
assert sorted(points(domain, 0)) == ["one", "two"]
assert points(domain, libvirt.VIR_DOMAIN_CHECKPOINT_LIST_ROOTS) == ["one"]
assert points(domain, libvirt.VIR_DOMAIN_CHECKPOINT_LIST_LEAVES) == ["two"]
assert points(domain, libvirt.VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL) == ["one", "two"]
assert [c.getName() for c in first.listAllChildren(0)] == ["two"]
assert second.getParent().getName() == "one"
assert "size=" in second.getXMLDesc(libvirt.VIR_DOMAIN_CHECKPOINT_XML_SIZE)
assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT) == ["py"]
refused(libvirt.VIR_ERR_NO_DOMAIN_CHECKPOINT, domain.checkpointLookupByName, "three")
refused(libvirt.VIR_ERR_NO_DOMAIN_CHECKPOINT, first.getParent)
refused(libvirt.VIR_ERR_XML_INVALID_SCHEMA, domain.checkpointCreateXML, "<domaincheckpoint><what/></domaincheckpoint>", 0)
print("right: checkpoints")

# --- a push, and what is told about it
seen.clear()
push = "<domainbackup><disks><disk name='vda' type='file'><target file='%s/py.push'/></disk></disks></domainbackup>" % folder
domain.backupBegin(push, None, 0)
wait("completed", lambda: any(event[0] == "completed" for event in seen))
wait("both block jobs", lambda: len(seen) >= 3)
completed = [event for event in seen if event[0] == "completed"][0][1]
assert completed["success"] is True or completed["success"] == 1, completed
assert completed["operation"] == libvirt.VIR_DOMAIN_JOB_OPERATION_BACKUP
jobs = sorted(event for event in seen if event[0] == "block job")
assert jobs == [("block job", "vda", 5, 0), ("block job", "vda.qcow2", 5, 0)], jobs
stats = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
assert stats["type"] == libvirt.VIR_DOMAIN_JOB_COMPLETED, stats
print("right: push")

# --- a pull
seen.clear()
pull = "<domainbackup mode='pull'><incremental>one</incremental><server transport='unix' socket='%s/py.nbd'/></domainbackup>"
domain.backupBegin(pull % folder, "<domaincheckpoint><name>three</name></domaincheckpoint>", 0)
assert "exportname" in domain.backupGetXMLDesc(0)
assert domain.jobStats()["operation"] == 9
assert os.path.exists(folder + "/py.nbd")
domain.abortJob()
wait("completed", lambda: any(event[0] == "completed" for event in seen))
refused(libvirt.VIR_ERR_NO_DOMAIN_BACKUP, domain.backupGetXMLDesc, 0)
assert sorted(points(domain, 0)) == ["one", "three", "two"]
print("right: pull")

# --- snapshots
snapshot = domain.snapshotCreateXML(
    "<domainsnapshot><name>s</name><disks><disk name='vda'><source file='%s/vda.s'/></disk></disks></domainsnapshot>" % folder,
    libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY)
assert [s.getName() for s in domain.listAllSnapshots(0)] == ["s"]
assert domain.snapshotCurrent().getName() == "s" and snapshot.isCurrent() == 1 and snapshot.hasMetadata() == 1
assert domain.snapshotLookupByName("s").getXMLDesc(0).startswith("<domainsnapshot")
refused(libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT, domain.snapshotLookupByName, "t")
print("right: snapshots")

# --- refusals
refused(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByName, "nosuch")
refused(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByID, 999)
refused(libvirt.VIR_ERR_NO_DOMAIN, conn.lookupByUUIDString, "00000000-0000-4000-8000-000000000001")
refused(libvirt.VIR_ERR_OPERATION_INVALID, domain.create)
refused(libvirt.VIR_ERR_OPERATION_INVALID, other.suspend)
refused(libvirt.VIR_ERR_OPERATION_INVALID, domain.abortJob)
refused(libvirt.VIR_ERR_XML_DETAIL, conn.defineXML, "<domain")
refused(libvirt.VIR_ERR_XML_ERROR, conn.defineXML, "<network/>")
refused(libvirt.VIR_ERR_INVALID_ARG, conn.listAllDomains, 1 << 30)
refused(libvirt.VIR_ERR_NO_DOMAIN_CHECKPOINT, domain.backupBegin,
        "<domainbackup><incremental>no</incremental></domainbackup>", None, 0)
refused(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, domain.backupBegin,
        "<domainbackup><disks><disk name='vdq' type='file'/></disks></domainbackup>", None, 0)
read_only = libvirt.openReadOnly(uri)
assert read_only.lookupByName("py").name() == "py"
refused(libvirt.VIR_ERR_OPERATION_DENIED, read_only.lookupByName("py").destroy)
print("right: refusals")

# --- the end
domain.destroy()
wait("destroyed", lambda: ("py", 5, 1) in seen)
refused(libvirt.VIR_ERR_OPERATION_INVALID, domain.destroy)
domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)
other.undefine()
assert names(0) == []
assert CLOSED == []
print("right: all")
