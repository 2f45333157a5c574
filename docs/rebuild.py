#!/usr/bin/env python3
"""The denoiser D(y, s) of weights that `tweedie export --what weights` wrote, in NumPy: docs/export.md as a program.

    import numpy, rebuild
    weights = rebuild.load("mnist-weights.npz")
    clean = rebuild.denoise(weights, noisy, s)      # [n, d] of [n, d], or of [n, m, d] where m copies are stacked, and [n]
"""

import numpy as np


def load(path):
    """The arrays of the file by their names."""
    with np.load(path) as file:
        weights = {name: file[name] for name in file.files}
    if "in" not in weights:
        raise ValueError(f"{path} holds no weights: it has arrays {', '.join(weights)}")
    if "constant.copies" not in weights:
        raise ValueError(f"{path} is of an older version of tweedie, which left out constants that D hangs on: export it again")
    return {name: array.astype(np.float64) for name, array in weights.items()}


def denoise(w, y, s, of=None):
    """D(y, s): y noisy images in the scale of the data, pixels in the order [height, width, channel]; s the noise of their mean; of the
    class of each where the network knows classes, -1 for none."""
    height, width, channels = w["constant.shape"].astype(int)
    k = int(w["constant.copies"][0])
    mean, std = w["constant.data_mean"][0], w["constant.data_std"][0]
    unet = w["in"].ndim == 4
    y = np.asarray(y, np.float64).reshape((-1, k, height, width, channels) if unet else (-1, k, channels))
    s = np.asarray(s, np.float64).reshape((-1,) + (1,) * (y.ndim - 2))  # one for each image, beside [n, .., channels]
    seen = s * np.sqrt(k)  # the noise of each of the k images
    # what stands at a position: the k images, then the waves of the k images, then a one
    parts = list(np.moveaxis((y - mean) / np.hypot(seen, std)[:, None], 1, 0))
    for frequency in 2 * np.pi * w.get("constant.pixel_frequencies", np.empty(0)):
        left = np.exp(-((frequency * seen) ** 2) / 2)
        left = np.where(left < 1e-6, 0, left)
        for wave in np.sin, np.cos:
            parts += [left * wave(frequency * y[:, image]) for image in range(k)]
    parts.append(np.ones(y.shape[:1] + y.shape[2:-1] + (1,)))
    raw = (run_unet if unet else run_mlp)(w, (np.concatenate(parts, -1), 1), embedding(w, s.ravel(), of))
    ybar = y.mean(1)
    if w["constant.score"][0]:
        return (ybar + s * raw).reshape(len(y), -1)
    skip, out = std**2 / (s**2 + std**2), s * std / np.hypot(s, std)
    return (mean + skip * (ybar - mean) + out * raw).reshape(len(y), -1)


# Values are pairs (array [n, .., channels], magnitude): the next layer divides its magnitude out.


def layer(w, name, x, gain=1, stride=1):
    """A convolution or a dense layer, each output channel's weights at length gain / magnitude."""
    values, magnitude = x
    raw = w[name]
    weights = gain / magnitude * raw / np.sqrt((raw**2).sum(tuple(range(raw.ndim - 1)), keepdims=True))
    if raw.ndim == 2:
        return values @ weights, gain
    kernel, sizes = raw.shape[0], values.shape[1:3]
    outs = [-(-size // stride) for size in sizes]
    zeros = [max((out - 1) * stride + kernel - size, 0) for out, size in zip(outs, sizes)]
    padded = np.pad(values, [(0, 0)] + [(all // 2, all - all // 2) for all in zeros] + [(0, 0)])
    rows, columns = ((out - 1) * stride + 1 for out in outs)
    return sum(
        padded[:, i : i + rows : stride, j : j + columns : stride] @ weights[i, j] for i in range(kernel) for j in range(kernel)
    ), gain


def silu(w, x):
    return x[0] * (1 + np.tanh(x[0] / 2)) / 2, w["constant.silu_magnitude"][0]


def embedding(w, s, of):
    """What every block is told of the noise and the class."""
    turns = w["constant.frequencies"] * np.log(s)[:, None] / 4 + w["constant.phases"]
    features = np.sqrt(2) * np.cos(2 * np.pi * turns), 1
    classes = int(w.get("constant.classes", [0])[0])
    if not classes:
        return silu(w, layer(w, "noise", features))
    told = np.full(len(s), -1) if of is None else np.asarray(of)
    one_hot = np.sqrt(classes) * (told[:, None] == np.arange(classes)), 1
    half = np.sqrt(0.5)
    return silu(w, (layer(w, "noise", features, half)[0] + layer(w, "class", one_hot, half)[0], 1))


def blocks(w, prefix, x, noise):
    """All residual blocks of this name."""
    number = 0
    while f"{prefix}block{number}.first" in w:
        name = f"{prefix}block{number}"
        h = layer(w, name + ".first", silu(w, x))[0]
        shift = layer(w, name + ".noise", noise)[0] * w[name + ".noise.gain"]
        h = h + shift.reshape(shift.shape[:1] + (1,) * (h.ndim - 2) + shift.shape[1:]), 1
        h = layer(w, name + ".second", silu(w, h), gain=w["constant.branch_magnitude"][0] * x[1])
        x = x[0] + h[0], np.hypot(x[1], h[1])
        if name + ".qkv" in w:
            h = layer(w, name + ".seen", attention(layer(w, name + ".qkv", x)[0]), gain=w["constant.branch_magnitude"][0] * x[1])
            x = x[0] + h[0], np.hypot(x[1], h[1])
        number += 1
    return x


def attention(qkv):
    """Every pixel looks at all pixels: channels q, k and v, in heads of 64 where these divide them."""
    n, height, width, channels = qkv.shape
    c = channels // 3
    heads = c // 64 if c % 64 == 0 else 1
    e = c // heads
    parts = qkv.reshape(n, height * width, 3, heads, e)
    parts = parts / (np.sqrt((parts**2).mean(-1, keepdims=True)) + 1e-4)
    q, k, v = (np.moveaxis(parts[:, :, i], 1, 2) for i in range(3))  # [n, heads, pixels, e]
    weights = np.exp(q @ np.swapaxes(k, 2, 3) / np.sqrt(e))
    seen = weights / weights.sum(-1, keepdims=True) @ v
    return np.moveaxis(seen, 1, 2).reshape(n, height, width, c), 1


def run_mlp(w, x, noise):
    h = blocks(w, "", layer(w, "in", x), noise)
    return layer(w, "out", silu(w, h))[0] * w["out.gain"]


def run_unet(w, x, noise):
    halvings = int(w["constant.halvings"][0])
    levels = 1 + sum(name.startswith("up") and "." not in name for name in w)
    h = layer(w, "in", x)
    skips = []
    for level in range(levels):
        if level > 0:
            h = layer(w, f"down{level}", h, stride=2 if level <= halvings else 1)
        h = blocks(w, f"down{level}.", h, noise)
        skips.append(h)
    for level in reversed(range(levels - 1)):
        h = layer(w, f"up{level}", h)
        if level + 1 <= halvings:
            h = h[0].repeat(2, 1).repeat(2, 2) / 4, h[1] / 4
        skip = skips[level]
        ca, cb = h[0].shape[-1], skip[0].shape[-1]
        h = np.concatenate((h[0], skip[0]), -1), np.sqrt((ca * h[1] ** 2 + cb * skip[1] ** 2) / (ca + cb))
        h = blocks(w, f"up{level}.", layer(w, f"join{level}", h), noise)
    return layer(w, "out", silu(w, h))[0] * w["out.gain"]
