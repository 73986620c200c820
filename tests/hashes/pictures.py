"""Benign pictures for tests, drawn from a seed: colour fields of every scale, as photographs have."""

import io

import numpy as np
from PIL import Image


def picture(seed=0, size=(240, 320)):
    rng = np.random.default_rng(seed)
    total = np.zeros((*size, 3))
    for cells in (3, 6, 12, 24, 48):
        small = Image.fromarray(rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8))
        total += np.asarray(small.resize(size[::-1], Image.Resampling.BICUBIC), np.float64) / cells**0.6
    return Image.fromarray(((total - total.min()) * (255 / np.ptp(total))).astype(np.uint8))


def stream(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    out.seek(0)
    return out


def bits_apart(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()
