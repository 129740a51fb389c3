/// What a driver implements to serve connections.
package org.virtkeep.api.spi;
