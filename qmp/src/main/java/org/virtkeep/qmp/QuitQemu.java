package org.virtkeep.qmp;

/// `quit` (qapi/control.json, since 0.14): ends QEMU properly; persistent bitmaps are stored. The answer may
/// be lost in the end of the connection: [QmpException.Disconnected] then tells nothing else.
public record QuitQemu() implements QmpAction {

    @Override
    public String name() {
        return "quit";
    }
}
