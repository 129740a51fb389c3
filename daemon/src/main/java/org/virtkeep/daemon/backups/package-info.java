/// Backups into repositories that the daemon makes itself, for clients of its own user.
package org.virtkeep.daemon.backups;
