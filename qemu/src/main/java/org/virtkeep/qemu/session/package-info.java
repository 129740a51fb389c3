/// One domain held for one operation.
///
/// Nothing about a domain is kept in memory between operations: [org.virtkeep.qemu.session.Sessions] takes
/// the domain's lock, connects to its monitor, finds out what happened meanwhile, and gives the lot to the
/// operation as a [org.virtkeep.qemu.session.DomainSession]. So several processes can work on one root, and
/// each of them may die at any moment. A session is confined to the thread that uses it.
package org.virtkeep.qemu.session;
