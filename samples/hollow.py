#!/usr/bin/env python3
"""Copy an ELF file without the contents of its code and data.

usage: samples/hollow.py [--frames] IN OUT

What is left is enough to name addresses and, with --frames, to unwind stacks:
symbol and string tables, notes (the build id among them), .gnu_debuglink, and what
PLT entries are named by.  Of .rela.dyn only the relocations that name something
stay.  Every other section becomes SHT_NOBITS, as in a .debug file.  Segments keep
their addresses and offsets, so that addresses translate as ever; what the offsets
point to is no longer there: read sections, do not map segments.

--frames keeps .eh_frame and .eh_frame_hdr too, in another place of the file: their
section headers and PT_GNU_EH_FRAME say where.

For x86-64 files; DWARF is always dropped.
"""

import argparse
import struct

SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_NOTE, SHT_NOBITS, SHT_DYNSYM = 0, 2, 3, 7, 8, 11
SHT_GNU_VERDEF, SHT_GNU_VERNEED, SHT_GNU_VERSYM = 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
SHF_COMPRESSED = 0x800
PT_NULL, PT_GNU_EH_FRAME = 0, 0x6474E550

KEPT_TYPES = (
    SHT_SYMTAB,
    SHT_STRTAB,
    SHT_NOTE,
    SHT_DYNSYM,
    SHT_GNU_VERDEF,
    SHT_GNU_VERNEED,
    SHT_GNU_VERSYM,
)
LINK_NAMES = (".gnu_debuglink", ".gnu_debugaltlink")
PLT_NAMES = (".plt", ".plt.sec", ".plt.got", ".iplt", ".got.plt", ".dynamic", ".rela.plt", ".rela.iplt", ".rela.dyn")
FRAME_NAMES = (".eh_frame_hdr", ".eh_frame")
R_X86_64_GLOB_DAT, R_X86_64_JUMP_SLOT, R_X86_64_IRELATIVE = 6, 7, 37

EHDR_SIZE = 64
SECTION = struct.Struct("<IIQQQQIIQQ")
SECTION_FIELDS = ("name", "type", "flags", "addr", "offset", "size", "link", "info", "align", "entsize")
RELA = struct.Struct("<QIIq")


def read_sections(data):
    """The section headers as dictionaries, each with its name as `text`."""
    (shoff,) = struct.unpack_from("<Q", data, 40)
    shentsize, shnum, shstrndx = struct.unpack_from("<HHH", data, 58)
    sections = [dict(zip(SECTION_FIELDS, SECTION.unpack_from(data, shoff + i * shentsize))) for i in range(shnum)]
    names = sections[shstrndx]["offset"]
    for s in sections:
        start = names + s["name"]
        s["text"] = data[start : data.index(b"\0", start)].decode()
    return sections


def naming_relocations(content):
    """Those of .rela.dyn that say whose address a slot holds."""
    kinds = (R_X86_64_GLOB_DAT, R_X86_64_JUMP_SLOT, R_X86_64_IRELATIVE)
    each = (content[i : i + RELA.size] for i in range(0, len(content), RELA.size))
    return b"".join(r for r in each if RELA.unpack(r)[1] in kinds)


def set_frame_segment(head, segments, offset):
    """Point PT_GNU_EH_FRAME to `offset`; None: to nothing."""
    for at in segments:
        if struct.unpack_from("<I", head, at)[0] != PT_GNU_EH_FRAME:
            continue
        if offset is None:
            struct.pack_into("<I", head, at, PT_NULL)
        else:
            struct.pack_into("<Q", head, at + 8, offset)


def hollow(data, frames):
    assert data[:6] == b"\x7fELF\x02\x01", "not a little-endian 64-bit ELF file"
    (phoff,) = struct.unpack_from("<Q", data, 32)
    phentsize, phnum = struct.unpack_from("<HH", data, 54)
    sections = read_sections(data)
    kept = PLT_NAMES + LINK_NAMES + (FRAME_NAMES if frames else ())

    out = bytearray(data[:EHDR_SIZE] + data[phoff : phoff + phnum * phentsize])
    struct.pack_into("<Q", out, 32, EHDR_SIZE)
    segments = range(EHDR_SIZE, len(out), phentsize)
    body = len(out)
    if not frames:
        set_frame_segment(out, segments, None)

    header_at = header_addr = 0
    for s in sections:
        if s["type"] in (SHT_NULL, SHT_NOBITS):
            continue
        if s["type"] not in KEPT_TYPES and s["text"] not in kept:
            s.update(type=SHT_NOBITS, offset=body, flags=s["flags"] & ~SHF_COMPRESSED)
            continue
        content = data[s["offset"] : s["offset"] + s["size"]]
        if s["text"] == ".rela.dyn":
            content = naming_relocations(content)
        if s["text"] == ".eh_frame" and header_at:
            # Readers take the distance of the two in the file from that of their addresses.
            at = header_at + s["addr"] - header_addr
            assert at >= len(out), ".eh_frame stands before .eh_frame_hdr"
            out += bytes(at - len(out))
        out += bytes(-len(out) % max(1, min(s["align"], 8)))
        if s["text"] == ".eh_frame_hdr":
            out += bytes(-len(out) % 8)
            header_at, header_addr = len(out), s["addr"]
            set_frame_segment(out, segments, header_at)
        s.update(offset=len(out), size=len(content))
        out += content

    out += bytes(-len(out) % 8)
    struct.pack_into("<Q", out, 40, len(out))
    for s in sections:
        out += SECTION.pack(*(s[field] for field in SECTION_FIELDS))
    return out


def main():
    parser = argparse.ArgumentParser(description="Copy an ELF file without the contents of its code and data.")
    parser.add_argument("--frames", action="store_true", help="keep what unwinding needs")
    parser.add_argument("source", metavar="IN")
    parser.add_argument("copy", metavar="OUT")
    args = parser.parse_args()
    with open(args.source, "rb") as f:
        data = f.read()
    with open(args.copy, "wb") as f:
        f.write(hollow(data, args.frames))


if __name__ == "__main__":
    main()
