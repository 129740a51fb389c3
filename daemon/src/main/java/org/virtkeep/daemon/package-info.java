/// The program `virtkeepd`: its options, its configuration, and [Daemon], which owns everything that runs. Below it,
/// `server` has the sockets and the clients, `procedures` what clients call, by topic, and `events` what they are
/// told without asking.
package org.virtkeep.daemon;
