package org.virtkeep.qmp;

/// One character device (`ChardevInfo`).
///
/// @param label the device's id
/// @param filename what it stands for, in QEMU's words, such as `unix:/run/agent.sock,server=on`
/// @param frontendOpen whether the guest's side is open: for a guest agent's channel, whether an agent
///     listens
public record CharacterDevice(String label, String filename, boolean frontendOpen) {

    static CharacterDevice from(JsonObject device) throws QmpException.Protocol {
        return new CharacterDevice(device.text("label"), device.text("filename"), device.flag("frontend-open"));
    }
}
