/// The command line. `Main` starts it, `Cli` runs one command in given `Surroundings`, and every command is a
/// class of its own below `CliCommand`; `Commands` lists them.
///
/// One process runs one command, on the main thread; nothing here is thread-safe unless it says so.
package org.virtkeep.cli;
