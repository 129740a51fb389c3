#!/usr/bin/env python3
"""Restores backups from a virtkeep repository in a local folder, by docs/formats/repository.md alone.

Needs Python 3.9 and the program zstd, nothing else. It is here to show that the format is enough; it is slow,
above all with encrypted repositories. It uses no index: it reads the directories of all packs.

    virtkeep_reader.py REPOSITORY list
    virtkeep_reader.py REPOSITORY restore BACKUP DISK FILE
    virtkeep_reader.py REPOSITORY attachment BACKUP NAME FILE

The passphrase of an encrypted repository is read from the file that --passphrase-file names (without the last
newline); --key-file names a key file. Exits with 0, or with 1 and a line that says what is wrong.
"""

import argparse
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys

ENVELOPE, PACK, ENTRY, TRAILER = b"VKOBJECT", b"VKPACK\r\n", b"VKEN", b"VKPACKDI"
ZERO_ID = bytes(32)
SEGMENT, TAG = 16384, 16
PAGE_BYTES, FANOUT = 8192, 256


class Wrong(Exception):
    """Something in the repository is not as the format says, or a key does not fit."""


def need(condition, message):
    if not condition:
        raise Wrong(message)


# --- AES-256-GCM (FIPS 197, NIST SP 800-38D), for decryption only -------------------------------------------------


def _make_sbox():
    exp, log, value = [0] * 512, [0] * 256, 1
    for power in range(255):
        exp[power] = exp[power + 255] = value
        log[value] = power
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
        value &= 0xFF
    sbox = [0x63] * 256
    for byte in range(1, 256):
        inverse = exp[255 - log[byte]]
        mixed = inverse
        for shift in range(1, 5):
            mixed ^= ((inverse << shift) | (inverse >> (8 - shift))) & 0xFF
        sbox[byte] = mixed ^ 0x63
    return sbox


SBOX = _make_sbox()


def _double(byte):
    return ((byte << 1) ^ (0x1B if byte & 0x80 else 0)) & 0xFF


TABLES = [[], [], [], []]
for _byte in SBOX:
    _two, _three = _double(_byte), _double(_byte) ^ _byte
    _word = (_two << 24) | (_byte << 16) | (_byte << 8) | _three
    for _turn in range(4):
        TABLES[_turn].append(((_word >> (8 * _turn)) | (_word << (32 - 8 * _turn))) & 0xFFFFFFFF)


def _sub_word(word):
    return SBOX[word >> 24] << 24 | SBOX[word >> 16 & 255] << 16 | SBOX[word >> 8 & 255] << 8 | SBOX[word & 255]


class AesGcm:
    def __init__(self, key):
        words, constant = list(struct.unpack(">8I", key)), 1
        for number in range(8, 60):
            word = words[-1]
            if number % 8 == 0:
                word = _sub_word(((word << 8) | (word >> 24)) & 0xFFFFFFFF) ^ (constant << 24)
                constant = _double(constant)
            elif number % 8 == 4:
                word = _sub_word(word)
            words.append(words[number - 8] ^ word)
        self.words = words
        hash_key = int.from_bytes(self.block(bytes(16)), "big")
        self.table = self._hash_table(hash_key)

    def block(self, data):
        w, t0, t1, t2, t3 = self.words, *TABLES
        a, b, c, d = (x ^ w[n] for n, x in enumerate(struct.unpack(">4I", data)))
        for k in range(4, 56, 4):
            a, b, c, d = (
                t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ w[k],
                t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ w[k + 1],
                t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ w[k + 2],
                t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ w[k + 3],
            )
        out = []
        for n, (p, q, r, s) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))):
            word = SBOX[p >> 24] << 24 | SBOX[q >> 16 & 255] << 16 | SBOX[r >> 8 & 255] << 8 | SBOX[s & 255]
            out.append(word ^ w[56 + n])
        return struct.pack(">4I", *out)

    @staticmethod
    def _hash_table(hash_key):
        """Products of the hash key with every byte in every one of the 16 places."""
        power, powers = hash_key, []
        for _ in range(128):
            powers.append(power)
            power = (power >> 1) ^ (0xE1 << 120 if power & 1 else 0)
        tables = []
        for place in range(16):
            table = [0] * 256
            for bit in range(8):
                table[0x80 >> bit] = powers[8 * place + bit]
            for byte in range(1, 256):
                low = byte & -byte
                if byte != low:
                    table[byte] = table[byte ^ low] ^ table[low]
            tables.append(table)
        return tables

    def _ghash(self, data):
        total = 0
        for at in range(0, len(data), 16):
            total ^= int.from_bytes(data[at : at + 16].ljust(16, b"\0"), "big")
            product = 0
            for place, byte in enumerate(total.to_bytes(16, "big")):
                product ^= self.table[place][byte]
            total = product
        return total

    def open(self, nonce, associated, sealed):
        cipher, tag = sealed[:-TAG], sealed[-TAG:]
        pad = lambda data: data + bytes(-len(data) % 16)
        lengths = struct.pack(">QQ", 8 * len(associated), 8 * len(cipher))
        total = self._ghash(pad(associated) + pad(cipher) + lengths)
        expected = total ^ int.from_bytes(self.block(nonce + b"\0\0\0\1"), "big")
        need(hmac.compare_digest(expected.to_bytes(16, "big"), tag), "a seal does not fit")
        blocks = range(-(-len(cipher) // 16))
        stream = b"".join(self.block(nonce + struct.pack(">I", 2 + number)) for number in blocks)
        size = len(cipher)
        return (int.from_bytes(cipher, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")


def unseal(key, ordinal, associated, sealed):
    gcm, plain = AesGcm(key), []
    for number, at in enumerate(range(0, len(sealed), SEGMENT + TAG)):
        nonce = struct.pack(">III", ordinal, number, 0)
        plain.append(gcm.open(nonce, associated, sealed[at : at + SEGMENT + TAG]))
    return b"".join(plain)


def hkdf(salt, secret, info):
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


# --- CRC-32C ------------------------------------------------------------------------------------------------------

CRC_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = (_byte >> 1) ^ (0x82F63B78 if _byte & 1 else 0)
    CRC_TABLE.append(_byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ CRC_TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


# --- the repository -----------------------------------------------------------------------------------------------


class Repository:
    def __init__(self, folder, passphrase=None, key_file=None):
        self.folder = folder
        self.id, self.data_key = None, None
        _, _, body, self.id = self.envelope("config", 1)
        config = json.loads(body)
        need(config["version"] == 1, "the repository has a version that this program does not know")
        need(config["encryption"] in ("none", "aes-256-gcm"), "unknown encryption")
        self.chunk_bytes = config["chunkSizeBytes"]
        if config["encryption"] != "none":
            self.data_key = self.unwrap(self.id + hashlib.sha256(body).digest(), passphrase, key_file)
            self.id_key = hkdf(self.id, self.data_key, b"virtkeep chunk id")
        self.places = None
        self.pack_keys = {}

    def bytes_of(self, name):
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            raise Wrong("there is no '%s'" % name)

    def envelope(self, name, kind):
        data = self.bytes_of(name)
        need(len(data) >= 96 and data[:8] == ENVELOPE, "'%s' is not an object" % name)
        need(hashlib.sha256(data[:-32]).digest() == data[-32:], "'%s' is damaged" % name)
        version, found, flags, length = struct.unpack(">HBBI", data[8:16])
        need(version == 1, "'%s' has version %d" % (name, version))
        need(found == kind and length == len(data) - 96, "'%s' is something else" % name)
        need(self.id is None or data[16:32] == self.id, "'%s' belongs to another repository" % name)
        return flags, data[:64], data[64:-32], data[16:32]

    def unwrap(self, bound, passphrase, key_file):
        need(passphrase is not None or key_file is not None, "the repository is encrypted: a key is needed")
        for slot in sorted(os.listdir(os.path.join(self.folder, "keys"))):
            fields = json.loads(self.envelope("keys/" + slot, 2)[2])
            salt = bytes.fromhex(fields["salt"])
            if fields["derivation"] == "hkdf-sha256" and key_file is not None:
                key = hkdf(salt, key_file, b"virtkeep wrap")
            elif fields["derivation"] == "pbkdf2-hmac-sha256" and passphrase is not None:
                key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, fields["iterations"])
            else:
                continue
            try:
                return AesGcm(key).open(bytes.fromhex(fields["nonce"]), bound, bytes.fromhex(fields["wrapped"]))
            except Wrong:
                continue
        raise Wrong("the key opens none of the key slots")

    def backups(self):
        try:
            return sorted(os.listdir(os.path.join(self.folder, "manifests")))
        except FileNotFoundError:
            return []

    def manifest(self, backup):
        name = "manifests/" + backup
        flags, header, body, _ = self.envelope(name, 3)
        need(flags == (1 if self.data_key else 0), "'%s' is encrypted or not, against the configuration" % name)
        if flags:
            key = hkdf(header[32:], self.data_key, b"virtkeep object" + self.id)
            body = unseal(key, 0, header + name.encode(), body)
        manifest = json.loads(body)
        need(manifest["version"] == 1 and manifest["id"] == backup, "'%s' is something else" % name)
        return manifest

    def load_directories(self):
        self.places = {}
        for top, _, files in os.walk(os.path.join(self.folder, "packs")):
            for name in files:
                self.load_directory(os.path.join(top, name), name)

    def load_directory(self, path, name):
        with open(path, "rb") as file:
            header = file.read(64)
            size = file.seek(0, os.SEEK_END)
            file.seek(size - 64)
            trailer = file.read(64)
            magic, count, _, offset = struct.unpack(">8sIIQ", trailer[:24])
            need(magic == TRAILER and header[:10] == PACK + b"\0\1", "pack '%s' is damaged" % name)
            need(offset + 56 * count + 64 == size, "pack '%s' is damaged" % name)
            file.seek(offset)
            directory = file.read(56 * count)
        pack = hashlib.sha256(header + directory + trailer[:32]).hexdigest()
        need(pack == name == trailer[32:].hex(), "pack '%s' is not what its name says" % name)
        need(header[16:32] == self.id, "pack '%s' belongs to another repository" % name)
        if self.data_key:
            self.pack_keys[path] = hkdf(header[32:], self.data_key, b"virtkeep pack" + self.id)
        at = 64
        for number in range(count):
            entry = directory[56 * number : 56 * number + 56]
            self.places.setdefault(entry[24:], []).append((path, at))
            at += 56 + struct.unpack(">I", entry[16:20])[0]

    def content(self, wanted, length):
        if self.places is None:
            self.load_directories()
        failure = "%s is in no pack" % wanted.hex()
        for path, at in self.places.get(wanted, []):
            try:
                return self.copy(path, at, wanted, length)
            except Wrong as wrong:
                failure = str(wrong)
        raise Wrong(failure)

    def copy(self, path, at, wanted, length):
        with open(path, "rb") as file:
            file.seek(at)
            header = file.read(56)
            magic, _, encoding, _, ordinal, raw, stored, crc = struct.unpack(">4sBBHIIII", header[:24])
            need(magic == ENTRY and header[24:] == wanted and raw == length, "another entry stands in its place")
            data = file.read(stored)
        blank = header[:20] + bytes(4) + header[24:]
        need(crc32c(blank + data) == crc, "%s is damaged" % wanted.hex())
        if self.data_key:
            data = unseal(self.pack_keys[path], ordinal, self.id + blank, data)
        if encoding == 1:
            done = subprocess.run(["zstd", "-d", "-c", "-q"], input=data, stdout=subprocess.PIPE, check=False)
            need(done.returncode == 0, "%s does not decompress" % wanted.hex())
            data = done.stdout
        if self.data_key:
            found = hmac.digest(self.id_key, data, "sha256")
        else:
            found = hashlib.sha256(data).digest()
        need(len(data) == length and found == wanted, "%s has another hash" % wanted.hex())
        return data

    def restore(self, disk, out):
        size, root = disk["sizeBytes"], bytes.fromhex(disk["root"])
        expected = hashlib.sha256(struct.pack(">QI", size, self.chunk_bytes) + root).hexdigest()
        need(expected == disk["treeHash"], "size, root and tree hash do not fit")
        chunks = -(-size // self.chunk_bytes)
        height = 1
        while FANOUT**height < chunks:
            height += 1
        out.truncate(size)
        self.restore_page(root, height - 1, 0, size, out)

    def restore_page(self, page_id, level, first, size, out):
        if page_id == ZERO_ID:
            return
        page = self.content(page_id, PAGE_BYTES)
        for number in range(FANOUT):
            child = page[32 * number : 32 * number + 32]
            chunk = first + number * FANOUT**level
            if level > 0:
                self.restore_page(child, level - 1, chunk, size, out)
            elif child != ZERO_ID:
                start = chunk * self.chunk_bytes
                out.seek(start)
                out.write(self.content(child, self.chunk_bytes)[: size - start])


def one_named(things, name):
    for thing in things:
        if thing["name"] == name:
            return thing
    raise Wrong("the backup has no '%s'" % name)


def file_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def run(arguments):
    passphrase = key_file = None
    if arguments.passphrase_file:
        passphrase = file_bytes(arguments.passphrase_file)
        passphrase = passphrase[:-1] if passphrase.endswith(b"\n") else passphrase
    if arguments.key_file:
        key_file = file_bytes(arguments.key_file)
    repository = Repository(arguments.repository, passphrase, key_file)
    if arguments.command == "list":
        for backup in repository.backups():
            manifest = repository.manifest(backup)
            disks = " ".join("%s=%d" % (disk["name"], disk["sizeBytes"]) for disk in manifest["disks"])
            print(backup, manifest["domain"], manifest["sequence"], disks)
        return
    manifest = repository.manifest(arguments.backup)
    kind = "disks" if arguments.command == "restore" else "attachments"
    with open(arguments.file, "wb") as out:
        repository.restore(one_named(manifest[kind], arguments.name), out)


def main():
    parser = argparse.ArgumentParser(description="Restores backups from a virtkeep repository.")
    parser.add_argument("--passphrase-file")
    parser.add_argument("--key-file")
    parser.add_argument("repository")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    for command in ("restore", "attachment"):
        sub = commands.add_parser(command)
        for argument in ("backup", "name", "file"):
            sub.add_argument(argument)
    try:
        run(parser.parse_args())
    except (Wrong, OSError, ValueError, KeyError) as wrong:
        print("virtkeep_reader: %s" % wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
