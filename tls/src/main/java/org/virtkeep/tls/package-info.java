/// Certificates and keys from PEM files.
package org.virtkeep.tls;
