#!/usr/bin/env python3
"""The network, the training step and the samplers of Tweedie written in PyTorch, for comparisons of speed.

    pytorch_twin.py check FILE.npz     compares with what tweedie.benchmark.Reference wrote; 1 if something differs
    pytorch_twin.py serve              measures on request, as tweedie.benchmark.Turns does
    pytorch_twin.py gpu SECONDS        training on the first GPU, eager: a line for each preset, batch and precision

Written as one would write it in PyTorch for speed: float32, fused activations, no copies that can be folded into weights.
The network is that of docs/export.md; names are those of its arrays.
"""

import json
import math
import sys
import time

import numpy
import torch
import torch.nn.functional as F

PRESETS = {"seed": ([32, 64, 128, 256], 256), "mnist": ([32, 64, 128], 64)}
HALVINGS = 2
SIZE = 28
D = SIZE * SIZE
DATA_MEAN, DATA_STD = 0.13, 0.31
SILU = 0.596  # magnitude of silu(x) for a standard normal x
BRANCH = 0.3 / 0.7


class Weight(torch.nn.Module):
    """Weights [out, in, ..] of which every output channel has the length gain."""

    def __init__(self, shape, gain):
        super().__init__()
        self.raw = torch.nn.Parameter(torch.randn(shape) / math.sqrt(math.prod(shape[1:])))
        self.dims = tuple(range(1, len(shape)))
        self.gain = gain

    def forward(self):
        return self.raw * (self.gain / torch.linalg.vector_norm(self.raw, dim=self.dims, keepdim=True))


class Convolution(torch.nn.Module):
    def __init__(self, inputs, outputs, gain, stride=1):
        super().__init__()
        self.weight = Weight((outputs, inputs, 3, 3), gain)
        self.stride = stride

    def forward(self, x):
        if self.stride == 1:
            return F.conv2d(x, self.weight(), padding=1)
        return F.conv2d(F.pad(x, (0, 1, 0, 1)), self.weight(), stride=2)  # "same" for even sizes


class Block(torch.nn.Module):
    def __init__(self, channels, embedding, magnitude):
        super().__init__()
        self.noise = Weight((channels, embedding), 1 / SILU)
        self.noise_gain = torch.nn.Parameter(torch.ones(1))
        self.first = Convolution(channels, channels, 1 / SILU)
        # silu of a sum of two unit magnitudes counts as that of one
        self.second = Convolution(channels, channels, BRANCH * magnitude / SILU)

    def forward(self, x, embedding):
        shift = F.linear(embedding, self.noise()) * self.noise_gain
        h = self.first(F.silu(x)) + shift[:, :, None, None]
        return x + self.second(F.silu(h))


class Network(torch.nn.Module):
    """The raw network F of one preset."""

    def __init__(self, preset):
        super().__init__()
        channels, embedding = PRESETS[preset]
        self.levels = len(channels)
        modules = {"in": Convolution(2, channels[0], 1)}
        trunk = []  # magnitudes at the end of each level
        magnitude = 1.0
        for level, count in enumerate(channels):
            if level > 0:
                stride = 2 if level <= HALVINGS else 1
                modules[f"down{level}"] = Convolution(channels[level - 1], count, 1 / magnitude, stride)
                magnitude = 1.0
            modules[f"down{level}_block0"] = Block(count, embedding, magnitude)
            magnitude = math.hypot(magnitude, BRANCH * magnitude)
            trunk.append(magnitude)
        for level in reversed(range(self.levels - 1)):
            count = channels[level]
            # Tweedie's upsampling gives each pixel a quarter, which is folded into the convolution before it
            up = 0.25 if level + 1 <= HALVINGS else 1.0
            modules[f"up{level}"] = Convolution(channels[level + 1], count, up / magnitude)
            joined = math.sqrt((up**2 + trunk[level] ** 2) / 2)
            modules[f"join{level}"] = Convolution(2 * count, count, 1 / joined)
            modules[f"up{level}_block0"] = Block(count, embedding, 1.0)
            magnitude = math.hypot(1.0, BRANCH)
        modules["out"] = Convolution(channels[0], 1, 1 / SILU)
        self.parts = torch.nn.ModuleDict(modules)
        self.noise = Weight((embedding, embedding), 1)
        self.out_gain = torch.nn.Parameter(torch.ones(1))
        self.register_buffer("frequencies", torch.randn(embedding))
        self.register_buffer("phases", torch.rand(embedding))

    def forward(self, x, c_noise):
        features = math.sqrt(2) * torch.cos(2 * math.pi * (c_noise[:, None] * self.frequencies + self.phases))
        embedding = F.silu(F.linear(features, self.noise()))
        p = self.parts
        h = p["in"](x)
        skips = []
        for level in range(self.levels):
            if level > 0:
                h = p[f"down{level}"](h)
            h = p[f"down{level}_block0"](h, embedding)
            skips.append(h)
        for level in reversed(range(self.levels - 1)):
            h = p[f"up{level}"](h)
            if level + 1 <= HALVINGS:
                h = F.interpolate(h, scale_factor=2, mode="nearest")
            h = p[f"join{level}"](torch.cat((h, skips[level]), 1))
            h = p[f"up{level}_block0"](h, embedding)
        return p["out"](F.silu(h)) * self.out_gain

    def named(self):
        """The parameters by the names of docs/export.md."""
        names = {"noise": self.noise.raw, "out.gain": self.out_gain}
        for name, part in self.parts.items():
            name = name.replace("_block", ".block")
            if isinstance(part, Convolution):
                names[name] = part.weight.raw
            else:
                names[name + ".first"] = part.first.weight.raw
                names[name + ".second"] = part.second.weight.raw
                names[name + ".noise"] = part.noise.raw
                names[name + ".noise.gain"] = part.noise_gain
        return names


class Denoiser(torch.nn.Module):
    """D(y, s) = mean + c_skip (y - mean) + c_out F(c_in (y - mean), c_noise), of images [n, 784]."""

    def __init__(self, preset, channels_last=False):
        super().__init__()
        self.network = Network(preset)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.to(memory_format=self.format)

    def forward(self, y, s):
        n = len(y)
        column = s[:, None]
        centred = y - DATA_MEAN
        scaled = centred / torch.sqrt(column**2 + DATA_STD**2)
        x = torch.stack((scaled, torch.ones_like(scaled)), 1).view(n, 2, SIZE, SIZE)
        raw = self.network(x.contiguous(memory_format=self.format), s.log() / 4).reshape(n, D)
        skip = DATA_STD**2 / (column**2 + DATA_STD**2)
        out = column * DATA_STD / torch.sqrt(column**2 + DATA_STD**2)
        return DATA_MEAN + skip * centred + out * raw


class Training:
    """A step of a worker: forward, backward, Adam, moving average, a check for numbers that are not finite."""

    def __init__(self, preset, batch, channels_last):
        self.denoiser = Denoiser(preset, channels_last)
        self.parameters = list(self.denoiser.parameters())
        self.ema = [p.detach().clone() for p in self.parameters]
        self.adam = torch.optim.Adam(self.parameters, lr=1e-3, betas=(0.9, 0.99), foreach=True)
        self.batches = []
        for _ in range(4):
            x, s = torch.rand(batch, D), torch.randn(batch).exp()
            self.batches.append((x, x + s[:, None] * torch.randn(batch, D), s, 1 + torch.rand(batch)))
        self.at = 0

    def __call__(self):
        x, y, s, w = self.batches[self.at]
        self.at = (self.at + 1) % len(self.batches)
        losses = w * (self.denoiser(y, s) - x).square().mean(1)
        loss = losses.mean()
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        with torch.no_grad():
            torch._foreach_mul_(self.ema, 0.999)
            torch._foreach_add_(self.ema, self.parameters, alpha=0.001)
        if not math.isfinite(loss.item()):
            raise ArithmeticError("not finite")
        return len(x)


class Inference:
    def __init__(self, preset, batch, channels_last):
        self.denoiser = Denoiser(preset, channels_last)
        self.y, self.s = torch.randn(batch, D), torch.full((batch,), 0.5)

    @torch.inference_mode()
    def __call__(self):
        self.denoiser(self.y, self.s)
        return len(self.y)


def drawn(batch):
    """Normal numbers of a step, which does not matter here."""
    return lambda step: torch.randn(batch, D)


def annealed(denoiser, batch, noise):
    """Two levels, five Langevin steps at each, and a jump."""
    x = 0.5 * noise(0)
    step = 0
    for level in (0.5, 0.48):
        s = torch.full((batch,), level)
        h = 0.2 * level**2
        for _ in range(5):
            step += 1
            score = (denoiser(x, s) - x) / level**2
            x = x + h * score + math.sqrt(2 * h) * noise(step)
    return denoiser(x, s)


def heun(denoiser, batch, noise):
    """Six levels of Karras et al., 11 calls."""
    high, low = 10 ** (1 / 7), 0.01 ** (1 / 7)
    levels = [(high + i / 5 * (low - high)) ** 7 for i in range(6)]
    x = 10 * noise(0)
    for s, following in zip(levels, levels[1:]):
        slope = (x - denoiser(x, torch.full((batch,), s))) / s
        predicted = x + (following - s) * slope
        corrected = (predicted - denoiser(predicted, torch.full((batch,), following))) / following
        x = x + (following - s) / 2 * (slope + corrected)
    return denoiser(x, torch.full((batch,), levels[-1]))


def walk_jump(denoiser, batch, noise):
    """Ten steps of ABOBA at the noise 0.5, and a jump."""
    level = 0.5
    dt = 0.5 * level
    decay = math.exp(-0.5 * dt)
    kicked = math.sqrt(1 - decay**2)
    s = torch.full((batch,), level)
    y = level * noise(0)
    v = torch.zeros_like(y)
    for step in range(1, 11):
        y = y + dt / 2 * v
        psi = (denoiser(y, s) - y) / level**2
        v = v + dt / 2 * psi
        v = decay * v + kicked * noise(step)
        v = v + dt / 2 * psi
        y = y + dt / 2 * v
    return denoiser(y, s)


METHODS = {"annealed": annealed, "heun": heun, "walk-jump": walk_jump}


class Sampling:
    def __init__(self, preset, batch, channels_last, method):
        self.denoiser = Denoiser(preset, channels_last)
        self.batch, self.method = batch, METHODS[method]

    @torch.inference_mode()
    def __call__(self):
        self.method(self.denoiser, self.batch, drawn(self.batch))
        return self.batch


SUBJECTS = {"TrainingStep": Training, "Inference": Inference, "Sampling": Sampling}


def torch_layout(array):
    """[height, width, in, out] to [out, in, height, width], [in, out] to [out, in]."""
    if array.ndim == 4:
        return torch.from_numpy(numpy.ascontiguousarray(array.transpose(3, 2, 0, 1)))
    return torch.from_numpy(numpy.ascontiguousarray(array.T))


def loaded(arrays):
    """The denoiser with weights in the layout of tweedie export; the preset is told by their number."""
    count = sum(a.size for k, a in arrays.items() if not k.startswith(("constant.", "check.")))
    for preset in PRESETS:
        denoiser = Denoiser(preset)
        if sum(p.numel() for p in denoiser.parameters()) == count:
            break
    else:
        sys.exit(f"No preset of the twin has {count} parameters")
    with torch.no_grad():
        for name, parameter in denoiser.network.named().items():
            parameter.copy_(torch_layout(arrays[name]))
        for name in ("frequencies", "phases"):
            getattr(denoiser.network, name).copy_(torch.from_numpy(arrays["constant." + name]))
    return preset, count, denoiser


def difference(ours, theirs):
    """Root mean square difference over root mean square."""
    ours, theirs = ours.detach().double(), torch.as_tensor(theirs).double()
    return ((ours - theirs).square().mean() / theirs.square().mean()).sqrt().item()


def check(file):
    arrays = dict(numpy.load(file))
    preset, count, denoiser = loaded(arrays)
    given = {k[len("check.") :]: torch.from_numpy(v) for k, v in arrays.items() if k.startswith("check.")}
    print(f"{preset}: {count} parameters")
    denoised = denoiser(given["y"], given["s"])
    (given["w"] * (denoised - given["x"]).square().mean(1)).sum().backward()
    found = {"D": difference(denoised, given["denoised"])}
    for name, parameter in denoiser.network.named().items():
        gradient = torch_layout(arrays["check.gradient." + name])
        found["gradient of " + name] = difference(parameter.grad, gradient)
    with torch.inference_mode():
        for name, method in METHODS.items():
            n = len(given["noise"][0])
            found[name] = difference(method(denoiser, n, lambda step: given["noise"][step]), given[name])
    gradients = {k: found.pop(k) for k in list(found) if k.startswith("gradient")}
    worst = max(gradients, key=gradients.get)
    found[f"{len(gradients)} gradients, the worst the {worst}"] = gradients[worst]
    for name, value in found.items():
        print(f"  {name}: relative difference {value:.1e}")
    if max(found.values()) > 1e-4:
        sys.exit("The twin does not compute the same")


def measured(subject, seconds):
    began = time.perf_counter()
    images = runs = 0
    while True:
        images += subject()
        runs += 1
        taken = time.perf_counter() - began
        if taken >= seconds:
            return {"images": images, "runs": runs, "seconds": taken}


def serve():
    begun = {}
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        if "close" in request:
            begun.clear()
        else:
            options = dict(request["set"])
            torch.set_num_threads(options.pop("threads"))
            key = json.dumps([request["subject"], request["set"]])
            if key not in begun:
                begun[key] = SUBJECTS[request["subject"]](**options)
                measured(begun[key], request["seconds"])
            answer = measured(begun[key], request["seconds"])
        print(json.dumps(answer), flush=True)


def gpu(seconds):
    """The faster of both layouts; a step ends with a number on the host, so nothing is left running."""
    torch.set_default_device("cuda")
    for preset in ("mnist", "seed"):
        for batch in (64, 256, 1024):
            for precision in ("float32", "tf32", "bfloat16"):
                torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
                fastest = 0
                for channels_last in (False, True):
                    subject = Training(preset, batch, channels_last)
                    with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bfloat16"):
                        measured(subject, 0.5)
                        taken = measured(subject, seconds)
                    fastest = max(fastest, taken["images"] / taken["seconds"])
                print(f"torch {torch.__version__} training {preset} {batch} {precision} {fastest:.0f} images/s", flush=True)


if __name__ == "__main__":
    torch.manual_seed(1)
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    elif sys.argv[1:2] == ["serve"]:
        serve()
    elif sys.argv[1:2] == ["gpu"]:
        gpu(float(sys.argv[2]))
    else:
        sys.exit(__doc__)
