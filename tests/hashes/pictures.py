"""Benign pictures for tests, drawn from a seed: soft colour fields that PDQ finds rich."""

import io

import numpy as np
from PIL import Image


def picture(seed=0, size=(240, 320), cells=7):
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8))
    return small.resize(size[::-1], Image.Resampling.BICUBIC)


def stream(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    out.seek(0)
    return out


def bits_apart(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()
