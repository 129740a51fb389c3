/// Values of `api` as the records of `rpc` that tell of them.
package org.virtkeep.daemon.wire;
