"""Compares two trees of results, see same-bytes.sh. Exit status 1 if they differ."""

import difflib
import pathlib
import re
import struct
import sys
import zlib

# what no two runs have in common, and hashes: what they are of is compared itself
VOLATILE = [
    (r"\b[0-9a-f]{64}(?:-content)?\b", "H"),
    (r'("(?:[a-z_]*seconds|[a-z_]*per_second|[a-z_]*bytes|secondsOf\w*|seconds)"\s*:\s*)(\[[^\]]*\]|[-+.\deE]+|null)', r"\1T"),
    (r"\b\d+(?:\.\d+)? (?:s|ms|min|h)\b", "T"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?UTC|Z)?", "T"),
]
TEXT = {".json", ".jsonl", ".html", ".conf", ".csv", ".txt"}


def files(root):
    # what is measured is kept under the hash of what decides it
    return {
        re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "H", str(path.relative_to(root))): path
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".crc"  # of files that are compared themselves
    }


def comparable(path):
    content = path.read_bytes()
    if path.suffix == ".parquet":
        # the footer lists a column's encodings in another order in every process
        data = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        return content[:data] + bytes(sorted(content[data:]))
    if path.suffix not in TEXT:
        return content
    text = content.decode()
    for pattern, replacement in VOLATILE:
        text = re.sub(pattern, replacement, text)
    return text


def picture(path, size=20):
    """A gray ramp as PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(255 * (i + j) // (2 * size - 2) for j in range(size)) for i in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def main(before, after):
    first, second = files(pathlib.Path(before)), files(pathlib.Path(after))
    same, different = 0, []
    for name in sorted(first.keys() | second.keys()):
        if name not in first or name not in second:
            different.append(f"{name}: only in {before if name in first else after}")
            continue
        a, b = comparable(first[name]), comparable(second[name])
        if a == b:
            same += 1
            continue
        different.append(f"{name}: differs")
        if isinstance(a, str):
            lines = difflib.unified_diff(a.splitlines(), b.splitlines(), "before", "after", "", "", 0, "")
            different.extend("    " + line[:400] for line in list(lines)[2:12])
    print("\n".join(different))
    print(f"{same} files are the same, {sum(not line.startswith(' ') for line in different)} are not")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(picture(sys.argv[2]) if sys.argv[1] == "--picture" else main(*sys.argv[1:3]))
