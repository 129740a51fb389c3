/// Connections to a host, the domains on it, their checkpoints and their backup jobs.
///
/// Start with [org.virtkeep.api.Connections#open(java.lang.String)]. Every type here may be used from any
/// thread. Calls block until they are done, and throw [org.virtkeep.model.VirtException] when refused.
package org.virtkeep.api;
