/// What the host has, and which domains can run on it.
package org.virtkeep.qemu.host;
