/// The driver for domains that a daemon owns, on this host or another: the same API and the same commands as
/// with the embedded driver, over libvirt's RPC. `docs/remote.md` has the URIs and, call by call, what libvirt's
/// daemons can and cannot do.
///
/// **Who answers is asked, not assumed.** Whatever the URI, a daemon that knows virtkeep's own program gets all
/// calls as the API has them ([VirtkeepPeer]). A daemon of libvirt's gets what its protocol can say; what it
/// lacks is worked out here where that is safe, and else refused by name ([LibvirtPeer]).
///
/// **Connections break.** A call that only reads waits for a daemon that is being restarted and asks again; one
/// that changes something is never repeated, and says that its effect is unknown ([Link]).
package org.virtkeep.remote;
