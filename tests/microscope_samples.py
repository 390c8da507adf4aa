"""Small microscope files: real ones that lie in `data/microscope`, and ones written here.

LIF, ND2 and OIF are written byte by byte, as the packages that read them describe the formats,
since nothing that is free writes them.
"""

from __future__ import annotations

import atexit
import gzip
import shutil
import struct
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

STORED = Path(__file__).parent / "data" / "microscope"
SAMPLES = Path(tempfile.mkdtemp())  # the stored files, unpacked
atexit.register(shutil.rmtree, SAMPLES, ignore_errors=True)
for czi in STORED.glob("*.czi"):
    shutil.copy(czi, SAMPLES)
(SAMPLES / "fv1000.oib").write_bytes(gzip.decompress((STORED / "fv1000.oib.gz").read_bytes()))
MOSAIC_CZI, COLOR_CZI, REAL_OIB = (
    SAMPLES / name for name in ("mosaic.czi", "color.czi", "fv1000.oib")
)

Stack = NDArray[np.uint16]


def stack(*shape: int, seed: int = 0) -> Stack:
    """Return pixels of 12 bits, none like its neighbor planes."""
    return np.random.default_rng(seed).integers(0, 4096, shape, dtype=np.uint16)


def mosaic_plane(scene: int, channel: int, z: int, time: int) -> Stack:
    """Return a plane (44, 32) of `mosaic.czi`, as the program that wrote it computed it.

    It lies in two tiles of 24 rows. In the four that both have, those of the first are 1 higher.
    """
    y, x = np.mgrid[:44, :32]
    offset = 1000 * scene + 300 * channel + 40 * z + 5 * time
    return np.asarray(offset + (x + y * 32) % 37, np.uint16)


def write_ome_tiff(path: Path, pixels: NDArray[Any], axes: str, **metadata: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, pixels, ome=True, metadata={"axes": axes, **metadata})
    return path


def write_lif(path: Path, images: Mapping[str, Stack], *, um_per_px: float = 0.1) -> Path:
    """Write a LIF file; each image (T, Z, C, Y, X) has channels with the dyes "dye 1", ..."""
    elements, blocks = [], []
    for number, (name, pixels) in enumerate(images.items()):
        elements.append(_lif_element(name, pixels, f"MemBlock_{number}", um_per_px))
        block_id = f"MemBlock_{number}".encode("utf-16-le")
        header = struct.pack("<BQBI", 0x2A, pixels.nbytes, 0x2A, len(block_id) // 2) + block_id
        blocks.append(struct.pack("<II", 0x70, len(header)) + header + pixels.tobytes())
    xml = (
        '<LMSDataContainerHeader Version="2"><Element Name="Project"><Children>'
        f"{''.join(elements)}</Children></Element></LMSDataContainerHeader>"
    ).encode("utf-16-le")
    start = struct.pack("<IIBI", 0x70, len(xml) + 5, 0x2A, len(xml) // 2)
    path.write_bytes(start + xml + b"".join(blocks))
    return path


def _lif_element(name: str, pixels: Stack, block_id: str, um_per_px: float) -> str:
    num_times, num_slices, num_channels, height, width = pixels.shape
    plane = height * width * 2
    channels = "".join(
        f'<ChannelDescription DataType="0" ChannelTag="0" Resolution="12" Min="0" Max="4095" '
        f'NameOfMeasuredQuantity="" Unit="" LUTName="Green" IsLUTInverted="0" '
        f'BytesInc="{plane * channel}" BitInc="0"><ChannelProperty><Key>DyeName</Key>'
        f"<Value>dye {channel + 1}</Value></ChannelProperty></ChannelDescription>"
        for channel in range(num_channels)
    )
    sizes = [
        (1, width, 2, "m"),
        (2, height, width * 2, "m"),
        (3, num_slices, plane * num_channels, "m"),
        (4, num_times, plane * num_channels * num_slices, "s"),
    ]
    dimensions = "".join(
        f'<DimensionDescription DimID="{axis}" NumberOfElements="{count}" Origin="0" '
        f'Length="{(count - 1) * um_per_px * 1e-6!r}" Unit="{unit}" BitInc="0" '
        f'BytesInc="{step}"/>'
        for axis, count, step, unit in sizes
    )
    return (
        f'<Element Name="{name}"><Data><Image><ImageDescription><Channels>{channels}</Channels>'
        f"<Dimensions>{dimensions}</Dimensions></ImageDescription></Image></Data>"
        f'<Memory Size="{pixels.nbytes}" MemoryBlockID="{block_id}"/></Element>'
    )


def write_nd2(
    path: Path,
    pixels: Stack,
    names: Sequence[str],
    *,
    um_per_px: float = 0.1,
    num_taken: int | None = None,
) -> Path:
    """Write an ND2 file of version 3 with a z-stack at each position (P, Z, C, Y, X).

    Positions are called "point 1", ...; of the frames, the first `num_taken` were taken.
    """
    num_positions, num_slices, num_channels, height, width = pixels.shape
    frames = pixels.reshape(-1, num_channels, height, width)[:num_taken]
    attributes = {
        "uiWidth": width,
        "uiWidthBytes": width * num_channels * 2,
        "uiHeight": height,
        "uiComp": num_channels,
        "uiBpcInMemory": 16,
        "uiBpcSignificant": 12,
        "uiSequenceCount": len(frames),
    }
    planes = {
        f"a{i}": {
            "sDescription": name,
            "uiCompCount": 1,
            "uiSampleIndex": i,
            "pFluorescentProbe": {"m_sName": name},
        }
        for i, name in enumerate(names)
    }
    metadata = {
        "bCalibrated": True,
        "dCalibration": um_per_px,
        "sPicturePlanes": {"uiCount": num_channels, "sPlaneNew": planes},
    }
    z_loop = {"eType": 4, "uLoopPars": {"uiCount": num_slices, "dZStep": 0.3}}
    points = {f"i{n:010}": {"dPosName": f"point {n + 1}"} for n in range(num_positions)}
    loop = {"eType": 2, "uLoopPars": {"Points": points}, "ppNextLevelEx": {"a0": z_loop}}
    chunks = {
        "ImageAttributesLV!": _lite({"SLxImageAttributes": attributes}),
        "ImageMetadataLV!": _lite({"SLxExperiment": loop}),
        "ImageMetadataSeqLV|0!": _lite({"SLxPictureMetadata": metadata}),
    }
    for number, frame in enumerate(frames):
        interleaved = np.moveaxis(frame, 0, -1).tobytes()
        chunks[f"ImageDataSeq|{number}!"] = struct.pack("<d", 0.0) + interleaved
    content = bytearray(_chunk(b"ND2 FILE SIGNATURE CHUNK NAME01!", b"Ver3.0".ljust(64, b"\0")))
    chunk_map = b""
    for name, written in chunks.items():
        chunk_map += name.encode() + struct.pack("<QQ", len(content), len(written))
        content += _chunk(name.encode().ljust(4072, b"\0"), written)
    location = len(content)
    signature = b"ND2 CHUNK MAP SIGNATURE 0000001!"
    chunk_map += signature + struct.pack("<Q", location)
    content += _chunk(b"ND2 FILEMAP SIGNATURE NAME 0001!", chunk_map)
    path.write_bytes(bytes(content))
    return path


def _chunk(name: bytes, written: bytes) -> bytes:
    return struct.pack("<IIQ", 0x0ABECEDA, len(name), len(written)) + name + written


def _lite(values: Mapping[str, Any]) -> bytes:
    """Return nested values in the form of ND2's metadata: type, length of the name, name, value."""
    return b"".join(_lite_item(name, value) for name, value in values.items())


def _lite_item(name: str, value: Any) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    kinds: dict[type, int] = {bool: 1, int: 3, float: 6, str: 8, dict: 11}
    start = struct.pack("<BB", kinds[type(value)], len(encoded) // 2) + encoded
    if isinstance(value, bool):
        return start + struct.pack("<B", value)
    if isinstance(value, int):
        return start + struct.pack("<I", value)
    if isinstance(value, float):
        return start + struct.pack("<d", value)
    if isinstance(value, str):
        return start + (value + "\0").encode("utf-16-le")
    inner = _lite(value)
    length = len(start) + 12 + len(inner)
    return start + struct.pack("<IQ", len(value), length) + inner + bytes(8 * len(value))


def write_oif(
    path: Path,
    pixels: Stack,
    dyes: Sequence[str],
    *,
    um_per_px: float = 0.1,
    z_step_nm: float | None = None,
) -> Path:
    """Write an OIF file and its folder, of pixels (Z, C, Y, X)."""
    num_slices, num_channels, height, width = pixels.shape
    sizes = {"X": width, "Y": height, "C": num_channels, "Z": num_slices}
    lines = ["[Axis Parameter Common]", 'AxisOrder="XYCZ"']
    for number, axis in enumerate("XYCZTALP"):
        lines += [f"[Axis {number} Parameters Common]", f'AxisCode="{axis}"']
        lines += [f"MaxSize={sizes.get(axis, 0)}"]
        if axis == "Z" and z_step_nm is not None:
            lines += [f"Interval={z_step_nm}", 'UnitName="nm"']
    lines += ["[Reference Image Parameter]", "ValidBitCounts=12"]
    for side in ("Width", "Height"):
        lines += [f"{side}ConvertValue={um_per_px}", f'{side}Unit="um"']
    for number, dye in enumerate(dyes, start=1):
        lines += [f"[Channel {number} Parameters]", f'CH Name="CH{number}"', f'DyeName="{dye}"']
    lines += ["[ProfileSaveInfo]", 'Name="COFAImages"', 'Version="1.0"']
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-16"))
    folder = path.with_name(f"{path.name}.files")
    folder.mkdir()
    for z in range(num_slices):
        for channel in range(num_channels):
            name = f"s_C{channel + 1:03}Z{z + 1:03}.tif"
            tifffile.imwrite(folder / name, pixels[z, channel])
    return path
