/// The driver for domains that a daemon owns, on this host or another: the same API and the same commands as with the
/// embedded driver, over libvirt's RPC.
///
/// | URI | daemon |
/// | --- | --- |
/// | `qemu:///system`, `qemu:///session` | libvirt's, at its usual sockets: virtqemud's, else libvirtd's |
/// | `qemu+unix:///system?socket=PATH`, `qemu:///system?socket=PATH` | whatever listens at PATH |
/// | `qemu+tls://HOST[:PORT]/system` | libvirt's, with client certificates; `pkipath` names their folder |
/// | `qemu+ssh://[USER@]HOST[:PORT]/system` | libvirt's, through `ssh` and `virt-ssh-helper` or `nc` |
/// | `virtkeep:///system`, `virtkeep:///session`, `virtkeep+unix:///system?socket=PATH` | virtkeepd |
///
/// Parameters are libvirt's: `socket`, `mode`, `command`, `netcat`, `proxy`, `keyfile`, `no_tty`, `no_verify`,
/// `pkipath`, `name`. Others are passed on to the daemon.
///
/// **Who answers is asked, not assumed.** Whatever the URI, a daemon that knows virtkeep's own program gets all calls
/// as the API has them. A daemon of libvirt's gets what its protocol can say:
///
/// | API | with libvirt's daemon |
/// | --- | --- |
/// | ids of backup jobs | numbers of this connection, from 1, as jobs are seen; 0 is the one that runs |
/// | `backupEnd` | a pull is aborted, libvirt's way to end it; the result of a push is read, once |
/// | disks of a request without a file | named here, as newer libvirts do it |
/// | ended jobs | those that this connection has seen, and the last, until somebody reads its result |
/// | amounts per disk | from the disks' block jobs; what a pull's clients have read is not known: 0 |
/// | `QUIESCE` of a backup | freezing before and thawing after, through the guest's agent |
/// | `ALL_OR_NOTHING` | always so |
/// | `FALLBACK_FULL` | refused with INVALID_ARG, as libvirt refuses flags that it does not know |
/// | events | from the first question on, numbered here; after an interruption some are told as lost |
/// | filters by backup | asked domain by domain |
/// | the current checkpoint | the youngest without children |
/// | redefining several checkpoints | one by one; if one is refused, those before it stay |
/// | health, repair and import of checkpoints, attaching, a snapshot with a checkpoint | NO_SUPPORT |
///
/// An ended job of which nobody saw the disks is shown with one disk `*` that stands for all. The end of a job is told
/// after the ends of its disks.
///
/// **Connections break.** A call that only reads waits for a daemon that is being restarted and asks again; one that
/// changes something is never repeated, and says that its effect is unknown. The next call connects anew, and
/// [org.virtkeep.api.Connection#notices()] tells of it. A daemon that is silent is given up after half a minute.
package org.virtkeep.remote;
