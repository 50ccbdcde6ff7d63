"""A fleet of recordings made of the samples: other hosts, so other contents; and damaged ones, each in its way."""

import os
import shutil
import struct

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = ["native-c-fp", "py312-dwarf-matmul", "py315-fp-tree", "py315-fp-workers", "synth-cache"]

# perf.data, file mode (perf.data-file-format.txt): magic, header size, attribute size, then three sections
# (offset, size) of attributes, data and event types, and the bitmap of features; the table of the features' sections stands
# behind the data.
HEADER = struct.Struct("<8sQQ6Q4Q")
HOSTNAME = 3


def sections(image):
    """The feature sections: {bit: (place in the table, offset, size)}."""
    fields = HEADER.unpack_from(image)
    data_offset, data_size = fields[5], fields[6]
    at, table = data_offset + data_size, {}
    for bit in range(256):
        if fields[9 + bit // 64] >> bit % 64 & 1:
            table[bit] = (at, *struct.unpack_from("<QQ", image, at))
            at += 16
    return table


def with_host(image, host):
    """The recording as if it were made on this host: the name goes behind the end, where its section points to then."""
    name = host.encode() + b"\0"
    name += bytes(-len(name) % 64)
    text = struct.pack("<I", len(name)) + name
    place, _, _ = sections(image)[HOSTNAME]
    changed = bytearray(image)
    struct.pack_into("<QQ", changed, place, len(image), len(text))
    return bytes(changed) + text


def copy_sample(name, folder, host=None):
    """The sample's recording directory as `folder`, on another host if one is named."""
    shutil.copytree(os.path.join(ROOT, "samples", name), folder)
    path = os.path.join(folder, "perf.data")
    if host:
        with open(path, "rb") as f:
            image = f.read()
        with open(path, "wb") as f:
            f.write(with_host(image, host))
    return path


def patched(at, value):
    """Damage: the 64-bit number at this place of the header is another one."""
    return lambda image: image[:at] + struct.pack("<Q", value) + image[at + 8 :]


# What is done to a recording that cannot be read then, and what has to be said of it.  Places in the header: 8 its size, 16
# the size of an attribute, 24 and 32 the section of attributes, 40 and 48 the data.
DAMAGES = [
    ("empty", lambda image: b"", "the file is empty"),
    ("magic", lambda image: b"NOTPERF!" + image[8:], "this is no perf.data file"),
    ("zeroes", lambda image: bytes(len(image)), "this is no perf.data file"),
    ("text", lambda image: b"# a text\n" * 50, "this is no perf.data file"),
    ("shifted", lambda image: b"\n" + image, "this is no perf.data file"),
    ("packed", lambda image: b"\x1f\x8b\x08" + image[3:], "tarball"),
    ("program", lambda image: b"\x7fELF\x02\x01\x01\0" + image[8:], "this is no perf.data file"),
    ("page", lambda image: b"<!DOCTYPE html><title>404</title>", "this is no perf.data file"),
    ("byte", lambda image: image[:1], "too short for a perf.data header"),
    ("word", lambda image: image[:8], "too short for a perf.data header"),
    ("begun", lambda image: image[:20], "the file ends inside its header"),
    ("header", lambda image: image[:103], "the file ends inside its header"),
    ("cut", lambda image: image[:104], "runs past the end of the file"),
    ("attribute-cut", lambda image: image[:160], "runs past the end of the file"),
    ("attribute-0", patched(16, 0), "impossible attribute size"),
    ("attribute-1", patched(16, 1), "impossible attribute size"),
    ("attribute-huge", patched(16, 2**64 - 1), "impossible attribute size"),
    ("attributes-far", patched(24, 2**40), "runs past the end of the file"),
    ("attributes-many", patched(32, 2**60), "runs past the end of the file"),
    ("attributes-wrap", patched(24, 2**64 - 8), "runs past the end of the file"),
]

# Damaged, but what can be read of them is told.
WOUNDS = [
    ("half", lambda image: image[: len(image) // 2]),
    ("data-long", patched(48, 2**62)),
    ("data-far", patched(40, 2**50)),
    ("no-attributes", patched(32, 0)),
]
