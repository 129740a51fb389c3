/// Sockets that listen, clients that have connected, and what they may do.
package org.virtkeep.daemon.server;
