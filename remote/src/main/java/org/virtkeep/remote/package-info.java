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
/// | ids of backup jobs | numbers of this connection, from 1, in the order in which jobs are seen; 0 is the job that
/// runs. Another connection, or another command, counts from 1 again |
/// | `backupEnd` | a pull is aborted, which is libvirt's way to end it; the end of a push is taken note of by reading
/// libvirt's record of it for good |
/// | disks of a request without a file | named here, as newer libvirts do it |
/// | ended jobs | those that this connection has seen, and the last one, as long as nobody has read its record; if it
/// ended unseen, one disk `*` stands for all |
/// | amounts per disk | from the disks' block jobs; what a pull's clients have read is not known and shown as 0 |
/// | `QUIESCE` of a backup | freezing before and thawing after, through the guest's agent |
/// | `ALL_OR_NOTHING` | always so |
/// | events | from the first question on; numbers of this connection, and what happened while it was interrupted is
/// told as lost. The end of a job is told after those of its disks |
/// | filters by backup | asked domain by domain |
/// | the current checkpoint | the youngest without children |
/// | redefining several checkpoints | one by one; if one is refused, those before it stay |
/// | `attach`, health, repair and import of checkpoints, a checkpoint together with a snapshot | refused with
/// NO_SUPPORT |
/// | `FALLBACK_FULL` | refused with INVALID_ARG, as libvirt refuses flags that it does not know |
///
/// **Connections break.** A call that only reads waits for a daemon that is being restarted and asks again; one that
/// changes something is never repeated, and says that its effect is unknown. The next call connects anew, and
/// [org.virtkeep.api.Connection#notices()] tells of it. A daemon that is silent is given up after half a minute.
package org.virtkeep.remote;
