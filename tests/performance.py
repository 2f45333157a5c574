"""Prints the tables of docs/performance.md; started by tests/performance.sh, which says how."""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import event_log

ROOT = Path(__file__).resolve().parent.parent
CORES = os.cpu_count()
METHODS = {"annealed": "annealed", "heun": "Heun", "walk-jump": "walk-jump"}
HEUN_CALLS = 39  # of an image with the default settings


def median(values):
    return statistics.median(values)


def spread(values, digits=2):
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(title, head, rows):
    print(f"\n{title}\n")
    print("| " + " | ".join(map(str, head)) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


class Process:
    """One that measures on request; see tweedie.benchmark.Turns."""

    def __init__(self, command, log):
        self.log = log
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=open(log, "w"),
            text=True,
            env=dict(os.environ, OMP_NUM_THREADS=str(CORES)),
        )

    def ask(self, **request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            sys.exit(f"A process of the benchmarks ended; {self.log} says why")

    def rate(self, subject, seconds, options):
        answer = self.ask(subject=subject, set=options, seconds=seconds)
        return answer["images"] / answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Measurements:
    def __init__(self, arguments):
        self.quick = arguments.quick
        self.java = arguments.java.split("\n")
        self.out = Path(arguments.out or tempfile.mkdtemp(prefix="tweedie-performance."))
        self.out.mkdir(parents=True, exist_ok=True)
        self.shards = arguments.data and sorted(Path(arguments.data).glob("*.parquet"))
        self.seconds = 0.2 if self.quick else 2.5
        self.turns = 1 if self.quick else 5
        self.has_torch = subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode == 0
        self.started = {}

    # Two processes that take turns

    def tweedie(self):
        return self.process("tweedie", self.java + ["tweedie.benchmark.Turns"])

    def torch(self):
        return self.process("torch", [sys.executable, str(ROOT / "tests/pytorch_twin.py"), "serve"])

    def process(self, name, command):
        if name not in self.started:
            self.started[name] = Process(command, self.out / f"{name}.log")
        return self.started[name]

    def release(self):
        for process in self.started.values():
            process.ask(close=True)

    def stop(self):
        for process in self.started.values():
            process.close()
        self.started = {}

    def checked(self):
        """The twin computes what Tweedie computes, or nothing is compared."""
        for preset in ("mnist", "seed"):
            file = self.out / f"{preset}.npz"
            self.tweedie().ask(reference=preset, file=str(file))
            check = [sys.executable, str(ROOT / "tests/pytorch_twin.py"), "check", str(file)]
            subprocess.run(check, check=True, stdout=sys.stderr)

    def in_turns(self, candidates, turns=None):
        """Rates of each candidate, (process, subject, options), measured one after the other, turn by turn."""
        rates = {name: [] for name in candidates}
        names = list(candidates)
        for turn in range(turns or self.turns):
            for name in names if turn % 2 == 0 else reversed(names):
                process, subject, options = candidates[name]
                rates[name].append(process.rate(subject, self.seconds, options))
        self.release()
        return rates

    def beside_torch(self, subject, turns=None, **options):
        options["threads"] = CORES
        candidates = {"tweedie": (self.tweedie(), subject, options)}
        if self.has_torch:
            for name, last in (("torch", False), ("channels-last", True)):
                candidates[name] = (self.torch(), subject, dict(options, channels_last=last))
        return self.in_turns(candidates, turns)

    @staticmethod
    def compared(rates, by=1.0):
        """The three rates and the two ratios, as cells."""
        ours = rates["tweedie"]
        cells = [f"{median(ours) * by:.0f}"]
        for name in ("torch", "channels-last"):
            cells.append(f"{median(rates[name]) * by:.0f}" if name in rates else "-")
        for name in ("torch", "channels-last"):
            ratios = [a / b for a, b in zip(ours, rates.get(name, []))]
            cells.append(spread(ratios) if ratios else "-")
        return cells

    # The tables

    def peak(self):
        file = self.out / "operations.json"
        command = self.java + ["org.openjdk.jmh.Main", "Operations", "-f", "1", "-rf", "json", "-rff", str(file)]
        if self.quick:
            command += ["-wi", "1", "-i", "1", "-w", "100ms", "-r", "100ms"]
        with open(self.out / "jmh.log", "w") as log:
            environment = dict(os.environ, OMP_NUM_THREADS=str(CORES))
            subprocess.run(command, check=True, stdout=log, stderr=log, env=environment)
        rows, most = [], None
        for result in json.loads(file.read_text()):
            metric = result["secondaryMetrics"]["gigaFlop"]
            rate = metric["score"]
            most = most or rate
            values = [v for fork in metric["rawData"] for v in fork]
            rows.append((result["params"]["operation"], spread(values, 0), f"{rate / most:.2f}"))
        table(
            f"0. GFLOP/s of ND4J's operations, 64 images, {CORES} threads (JMH)",
            ("operation: size, channels in, out, stride", "GFLOP/s", "to the matrix product"),
            rows,
        )

    def steps(self):
        rows = []
        self.checked_once()
        for preset in ("seed", "mnist"):
            for subject, name in (("TrainingStep", "training"), ("Inference", "inference")):
                rates = self.beside_torch(subject, preset=preset, batch=64)
                rows.append((preset, name, *self.compared(rates)))
        table(
            f"1. Images/s, batch 64, float32, {CORES} threads",
            ("preset", "what", "Tweedie", "PyTorch", "channels-last", "ratio", "ratio to channels-last"),
            rows,
        )

    def checked_once(self):
        if self.has_torch and not (self.out / "seed.npz").exists():
            self.checked()

    def copies(self):
        candidates = {}
        for kind in ("mean", "stacked"):
            for m in (1, 4, 16):
                options = dict(preset="mnist", batch=64, copies=m, input=kind, minibatches="DRAWN", threads=CORES)
                candidates[kind, m] = (self.tweedie(), "TrainingStep", options)
        rates = self.in_turns(candidates)
        one = rates["mean", 1]
        rows = [
            (m, kind, f"{median(rate):.0f}", spread([a / b for a, b in zip(one, rate)], 3))
            for (kind, m), rate in rates.items()
        ]
        table(
            f"4. Training with m copies, noise drawn on another thread, preset mnist, batch 64, {CORES} threads",
            ("m", "input", "images/s", "time to that of m = 1, mean"),
            rows,
        )

    def sampling(self):
        rows = []
        self.checked_once()
        calls = 11
        for method, name in METHODS.items():
            for batch in (16,) if self.quick else (16, 64, 512):
                turns = 3 if batch < 512 else 2
                rates = self.beside_torch("Sampling", 1 if self.quick else turns, preset="mnist", batch=batch, method=method)
                network = median(rates["tweedie"]) * calls / batch
                rows.append((name, batch, f"{network:.1f}", *self.compared(rates, calls / HEUN_CALLS)))
        table(
            f"5. Sampling, preset mnist, {CORES} threads: chains of {calls} calls; images/s are those of {HEUN_CALLS} calls an image, as heun makes",
            ("method", "batch", "calls/s", "Tweedie", "PyTorch", "channels-last", "ratio", "ratio to channels-last"),
            rows,
        )

    def likelihood(self):
        rows = []
        for batch in (32, 128):
            options = dict(preset="mnist", batch=batch, steps=1, threads=CORES)
            rates = self.in_turns({"": (self.tweedie(), "Likelihood", options)}, 1 if self.quick else 3)[""]
            rows.append((batch, spread([rate * 4 for rate in rates], 0), spread([rate / 16 for rate in rates])))
        table(
            f"6. Likelihood, preset mnist, {CORES} threads, one Hutchinson probe",
            ("batch", "calls of the network and its gradient, times images, a second", "images/s with 16 steps of RK4"),
            rows,
        )

    def engines(self):
        rows = []
        cases = [("Likelihood", "likelihood", "mnist", dict(batch=32, steps=1))]
        for preset in ("mnist", "seed"):
            cases += [("TrainingStep", "training", preset, dict(batch=64)), ("Inference", "inference", preset, dict(batch=64))]
        for subject, name, preset, options in cases:
            candidates = {
                engine: (self.tweedie(), subject, dict(options, preset=preset, threads=CORES, engine=engine))
                for engine in ("nd4j", "onednn", "channels-last")
            }
            rates = self.in_turns(candidates)
            ratios = [spread([a / b for a, b in zip(rates[engine], rates["nd4j"])]) for engine in ("onednn", "channels-last")]
            rows.append((preset, name, options["batch"], *[f"{median(rates[engine]):.0f}" for engine in candidates], *ratios))
        table(
            f"8. Engines beside each other, images/s, {CORES} threads",
            ("preset", "what", "batch", "ND4J", "oneDNN, blocked", "oneDNN, channels-last", "blocked to ND4J", "channels-last to ND4J"),
            rows,
        )

    # Whole jobs

    def data(self, images):
        """A directory of the first shards with about so many images, of 1,000 each."""
        if not self.shards:
            sys.exit("--data is needed: shards that `tweedie import --from mnist` wrote")
        directory = self.out / f"data-{images}"
        if not directory.exists():
            directory.mkdir()
            for shard in self.shards[: max(1, images // 1000)]:
                shutil.copy(shard, directory)
            (directory / "_SUCCESS").touch()
        return directory

    def small_data(self, shards, images):
        """Shards of the built-in digits."""
        directory = self.out / f"digits-{shards}-{images}"
        if not directory.exists():
            command = [str(ROOT / "driver/bin/tweedie"), "import", "--from", "digits", "--limit", str(shards * images)]
            command += ["--output", str(directory), "--size", "28x28", "-D", f"tweedie.data.images-per-shard={images}"]
            with open(self.out / f"{directory.name}.log", "w") as log:
                subprocess.run(command, check=True, stdout=log, stderr=log)
        return directory

    def train(self, name, data, cores, workers, threads, epochs, *settings):
        """Trains by the command line, with the event log."""
        run, events = self.out / name, self.out / f"{name}-events"
        events.mkdir()
        command = [str(ROOT / "driver/bin/tweedie"), "train", "--run", str(run), "--master", f"local[{cores}]"]
        for setting in (
            f"data.path={data}",
            f"train.epochs={epochs}",
            f"train.workers={workers}",
            f"train.threads-per-worker={threads}",
            f"train.keep-checkpoints={1000}",
            *settings,
        ):
            command += ["-D", f"tweedie.{setting}"]
        # the launcher's heap of 2 GB is too small for 16 million parameters
        options = f"-Xmx4g -Dspark.eventLog.enabled=true -Dspark.eventLog.dir={events.as_uri()}"
        with open(self.out / f"{name}.log", "w") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=dict(os.environ, TWEEDIE_JAVA_OPTS=options)
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} failed; {self.out / name}.log says why")
        return Run(run, events, usage.ru_maxrss * 1024)

    def about(self, program, run):
        """What a program of the benchmarks prints about a run."""
        environment = dict(os.environ, OMP_NUM_THREADS="1")  # as the launcher sets it; workers then say how many they take
        with open(self.out / f"{run.path.name}-{program}.log", "w") as log:
            ended = subprocess.run(
                [*self.java, program, str(run.path)], check=True, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        return json.loads(ended.stdout)

    def jobs(self):
        images, rounds, turns = (1000, 2, 1) if self.quick else (4000, 3, 3)
        beside = list(dict.fromkeys(((1, 1, CORES), (CORES, CORES, 1))))
        ways = list(dict.fromkeys((*beside, (1, 1, 1))))
        jobs, steps, same = ({way: [] for way in ways} for _ in range(3))
        for turn in range(turns):
            for way in ways:
                cores, workers, threads = way
                data = self.data(images) if images >= 1000 * workers else self.small_data(workers, 500)
                run = self.train(f"job-{workers}-{threads}-{turn}", data, cores, workers, threads, rounds, "model.preset=mnist")
                jobs[way].append(run.rate(1))
                if way in beside:
                    bare = self.about("tweedie.benchmark.BareLoop", run)
                    steps[way].append(bare["images"] / bare["seconds"])
                    same[way].append(bare["sameWeights"])
                if way == ways[0]:
                    self.whole = run
        rows = []
        for way in ways:
            cells = ["-", "-", "-"]
            if way in beside:
                ratios = [job / alone for job, alone in zip(jobs[way], steps[way])]
                equal = "-" if way[1] > 1 else "yes" if all(same[way]) else "NO"
                cells = [f"{median(steps[way]):.0f}", spread(ratios, 3), equal]
            rows.append((f"local[{way[0]}]", *way[1:], f"{median(jobs[way]):.0f}", *cells))
        table(
            f"2. The train job, preset mnist, batch 64, rounds of {images} images, beside the steps alone on the same minibatches",
            ("master", "workers", "threads each", "job, images/s", "steps alone", "ratio", "same weights at the end"),
            rows,
        )
        ratios = [many / one for many, one in zip(jobs[CORES, CORES, 1], jobs[1, 1, 1])]
        print(f"\n{CORES} workers on {CORES} cores to 1 worker on 1 core: {spread(ratios)}")

    def parts(self):
        if not hasattr(self, "whole"):
            images, rounds = (1000, 2) if self.quick else (4000, 3)
            self.whole = self.train(
                "job-parts", self.data(images), 1, 1, CORES, rounds, "model.preset=mnist"
            )
        run = self.whole
        part = self.about("tweedie.train.round.RoundParts", run)
        images = run.images()
        steps = -(-images // 64)
        period = median(run.periods()[1:])
        log = run.rounds[-1]
        rows = [
            ("read", part["read of an image"] * images, "beside the steps, on the reader's thread"),
            ("decode", part["decode of an image"] * images, "the same"),
            ("noise", part["noise of an image"] * images, "the same"),
            ("network", part["network of a step"] * steps, "forward and backward"),
            ("updater", (part["step"] - part["network of a step"]) * steps, "Adam, moving average, checks, DL4J, minibatch to native memory"),
            ("model", part["model of a round"], "made and freed"),
            ("result", part["result of a worker"], "serialized, once a worker"),
            ("reduce", part["reduce of a round"], "average, drift"),
            ("checkpoint", part["checkpoint of a round"], "written, checksummed, renamed"),
        ]
        table(
            f"3. A round of {images} images by part, preset mnist, each part measured by itself",
            ("part", "seconds", "share of the round", "what"),
            [(name, f"{s:.3f}", f"{100 * s / period:.2f} %", what) for name, s, what in rows],
        )
        parameters = run.parameters()
        overhead = [a - b for a, b in zip(run.periods()[1:], run.worker_seconds()[1:])]
        epoch = 60000 / run.rate(1)
        table(
            "The same round in Spark's event log and metrics.jsonl",
            ("what", "value"),
            [
                ("from one checkpoint to the next, s", spread(run.periods()[1:], 3)),
                ("of it the worker's loop, s", spread(run.worker_seconds()[1:], 3)),
                ("the rest, s", spread(overhead, 3)),
                ("the rest to an epoch of 60,000 images", f"{100 * median(overhead) / epoch:.2f} %"),
                ("Spark jobs a round", f"{len(run.rounds) / run.count():.0f}, and {run.jobs - len(run.rounds)} before the first"),
                ("tasks", log.tasks),
                ("task deserialized, s", f"{log.deserialize:.3f}"),
                ("result serialized, s", f"{log.serialize:.3f}"),
                ("result fetched, s", f"{log.getting:.3f}"),
                ("garbage collection, s", f"{log.gc:.3f}"),
                ("bytes of results", f"{log.result_bytes:,}"),
                ("bytes shuffled", f"{log.shuffle_bytes:,}"),
                ("bytes broadcast, to each executor", f"{16 * parameters:,} (16 P)"),
                ("bytes of a checkpoint", f"{run.checkpoint_bytes():,}"),
            ],
        )

    def growth(self):
        self.by_parameters()
        self.by_workers()
        self.by_images()
        self.over_rounds()

    def by_parameters(self):
        rows = []
        networks = [
            ("tiny", ["model.preset=tiny"]),
            ("mnist", ["model.preset=mnist"]),
            ("seed", ["model.preset=seed"]),
            ("seed, wider", ["model.preset=seed", "model.channels=[64,128,256,608]"]),
        ]
        for number, (name, settings) in enumerate(networks[: 2 if self.quick else None]):
            data = self.small_data(1, 256)
            run = self.train(f"parameters-{number}", data, 1, 1, CORES, 3, *settings)
            overhead = [a - b for a, b in zip(run.periods()[1:], run.worker_seconds()[1:])]
            rate = run.images() / median(run.worker_seconds()[1:])
            parameters = run.parameters()
            rows.append(
                (
                    name,
                    f"{parameters:,}",
                    f"{rate:.0f}",
                    f"{rate * parameters / 1e6:.0f}",
                    f"{median(overhead):.2f}",
                    f"{run.rounds[-1].result_bytes / 1e6:.1f}",
                    *run.memory(),
                )
            )
        table(
            f"7a. Parameters: 1 worker, {CORES} threads, batch 64, rounds of 256 images",
            ("network", "parameters", "images/s of the loop", "times million parameters", "rest of a round, s", "MB of results", "heap peak, MB", "off-heap, MB", "process peak, MB"),
            rows,
        )

    def by_workers(self):
        rows = []
        shards = 16
        data = self.small_data(shards, 64)
        for workers in (1, 16) if self.quick else (1, 2, 4, 8, 16):
            run = self.train(f"workers-{workers}", data, CORES, workers, 1, 4, "model.preset=tiny")
            side_by_side = min(workers, CORES)
            overhead = [a - sum(b) / side_by_side for a, b in zip(run.periods()[1:], run.all_worker_seconds()[1:])]
            log = run.rounds[-1]
            rows.append(
                (
                    workers,
                    f"{median(run.periods()[1:]):.2f}",
                    spread(overhead),
                    f"{log.result_bytes / 1e6:.1f}",
                    log.tasks,
                    run.memory()[-1],
                )
            )
        table(
            f"7b. Workers on {CORES} cores: tiny network, {shards} shards of 64 images, batch 64",
            ("workers", "round, s", "of it not in workers' loops, s", "MB of results", "tasks", "process peak, MB"),
            rows,
        )

    def by_images(self):
        rows = []
        for images in (1000,) if self.quick else (1000, 10000, 60000):
            run = self.train(
                f"images-{images}", self.data(images), 1, 1, CORES, 1 if images > 1000 else 4, "model.preset=mnist"
            )
            loop = run.worker_seconds()[-1]
            rest = run.periods()[-1] - loop
            rows.append(
                (
                    f"{run.images():,}",
                    f"{run.images() / loop:.0f}",
                    f"{rest:.2f}",
                    f"{100 * rest / run.periods()[-1]:.2f} %",
                    *run.memory(),
                )
            )
        table(
            f"7c. Images of an epoch: preset mnist, 1 worker, {CORES} threads, batch 64",
            ("images", "images/s of the loop", "rest of a round, s", "of the round", "heap peak, MB", "off-heap, MB", "process peak, MB"),
            rows,
        )

    def over_rounds(self):
        every = "train.averaging.every=1" if self.quick else "train.averaging.every=4"
        run = self.train("thirty", self.data(8000), 1, 1, CORES, 1, "model.preset=mnist", every)
        lines = run.metrics[:30]
        process = [line["worker_bytes"] / 1e6 for line in lines]
        native = [line["worker_off_heap_bytes"] / 1e6 for line in lines]
        at = [0, 4, 9, 19, 29]
        table(
            "7d. Memory of the process over 30 rounds, preset mnist, batch 64",
            ("round", *[i + 1 for i in at]),
            [
                ("resident, MB", *[f"{process[i]:.0f}" for i in at]),
                ("of it off-heap, MB", *[f"{native[i]:.0f}" for i in at]),
            ],
        )


class Run:
    """A run that has ended."""

    def __init__(self, path, events, peak):
        self.path = path
        self.peak = peak
        self.metrics = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
        (log,) = events.iterdir()
        self.rounds, self.jobs = event_log.rounds(log)

    def count(self):
        return len(self.metrics)

    def images(self):
        """Of a round."""
        return self.metrics[0]["images_seen"]

    def saved(self):
        """When the checkpoint of each round was complete."""
        manifests = sorted(self.path.glob("checkpoints/round-*/manifest.json"))
        return [manifest.stat().st_mtime for manifest in manifests]

    def periods(self):
        """Seconds of each round, its checkpoint included; of the first from the start of its job."""
        saved = self.saved()
        return [end - begin for begin, end in zip([self.rounds[0].begin, *saved], saved)]

    def rate(self, first):
        """Images/s of the rounds from this one on, all that belongs to them included."""
        return self.images() * (self.count() - first) / sum(self.periods()[first:])

    def worker_seconds(self):
        return [line["slowest_worker_seconds"] for line in self.metrics]

    def all_worker_seconds(self):
        return [line["worker_seconds"] for line in self.metrics]

    def newest(self):
        return sorted(self.path.glob("checkpoints/round-*"))[-1]

    def parameters(self):
        return ((self.newest() / "parameters.npy").stat().st_size - 128) // 4

    def checkpoint_bytes(self):
        return sum(file.stat().st_size for file in self.newest().iterdir())

    def memory(self):
        process = max(line["worker_bytes"] for line in self.metrics)
        native = max(line["worker_off_heap_bytes"] for line in self.metrics)
        return [f"{(process - native) / 1e6:.0f}", f"{native / 1e6:.0f}", f"{self.peak / 1e6:.0f}"]


def machine():
    names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    print(f"{CORES} x {names[0] if names else platform.machine()}, {memory:.0f} GiB, {time.strftime('%Y-%m-%d')}")
    print(f"load before: {os.getloadavg()[0]:.1f}")


def main():
    parser = argparse.ArgumentParser(prog="tests/performance.sh")
    parser.add_argument("--java", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", help="shards of MNIST's training images")
    parser.add_argument("--only", default="0,1,2,3,4,5,6,7,8", help="numbers of tables")
    parser.add_argument("--quick", action="store_true", help="everything once and short")
    parser.add_argument("--out", help="where runs and logs go")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="cores to take")
    arguments = parser.parse_args()
    global CORES
    CORES = arguments.threads
    of = Measurements(arguments)
    tables = [of.peak, of.steps, of.jobs, of.parts, of.copies, of.sampling, of.likelihood, of.growth, of.engines]
    machine()
    print(f"runs and logs: {of.out}", file=sys.stderr)
    for number in sorted(int(number) for number in arguments.only.split(",")):
        began = time.time()
        tables[number]()
        of.stop()
        print(f"table {number}: {time.time() - began:.0f} s", file=sys.stderr)
    if not of.has_torch:
        print("\nWithout PyTorch: python3-torch is not installed.")


if __name__ == "__main__":
    main()
