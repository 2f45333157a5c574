#!/usr/bin/env python3
"""What a round of averaging costs on a large cluster, from measured constants: docs/performance.md, "Internet scale on paper".

Workers finish at times that scatter; results then go over network cards, each of which sends and receives one stream at a time
at its full speed. What arrives is deserialized and added where it arrives, in the order of arrival. Compared are

    collect   all results to the driver (what Tweedie does up to 64 MB of them)
    ranges    results cut into ranges of parameters, each averaged by one task, whose averages go to the driver (what it does above)
    tree D    results added on the way, in D steps, none of which has more inputs than the others

    tests/scale_simulation.py --serialize 0.8e9 --reduce 0.2e9 --fixed 0.3

--serialize (bytes/s of one core) and --reduce (parameters of one worker averaged per second by one core) and --fixed (seconds
that a round of any size takes) are in tables 3 and 7 of that page; the rest are assumptions.
"""

import argparse
import math
import random


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--executors", type=int, default=1000)
    parser.add_argument("--parameters", type=float, default=1e8)
    parser.add_argument("--images", type=float, default=1e8)
    parser.add_argument("--images-per-second", type=float, default=500, help="of one GPU")
    parser.add_argument("--network", type=float, default=1.25e9, help="bytes/s of each network card; 1.25e9 is 10 Gbit/s")
    parser.add_argument("--scatter", type=float, default=0.03, help="standard deviation of ln(seconds of a worker)")
    parser.add_argument("--serialize", type=float, required=True)
    parser.add_argument("--reduce", type=float, required=True)
    parser.add_argument("--fixed", type=float, required=True)
    return parser.parse_args()


class Cluster:
    def __init__(self, a):
        self.a = a
        self.random = random.Random(1)

    def finishes(self, k, images):
        """When each of k workers has its result."""
        mean = images / k / self.a.images_per_second
        return [mean * math.exp(self.random.gauss(0, self.a.scatter)) for _ in range(k)]

    def received(self, ready, size, per_parameter):
        """When one machine has received and added results of this size that are ready at these times."""
        arrive = 0.0
        for time in sorted(ready):
            arrive = max(arrive, time) + size / self.a.network
        # adding is one core's work; it goes on beside the network
        work = len(ready) * (size / self.a.serialize + size / per_parameter / self.a.reduce)
        return max(arrive + work / len(ready), min(ready) + work)

    def broadcast(self, k, size):
        """Spark's torrent: everybody sends on what he has; pieces of 4 MB go down a tree of log2 k steps."""
        piece = min(size, 4 << 20)
        return size / self.a.serialize + size / self.a.network + math.log2(max(2, k)) * piece / self.a.network

    def tree(self, finishes, depth, size, per_parameter):
        """The time at which the driver has the sum, and the bytes it receives."""
        fan = math.ceil(len(finishes) ** (1 / depth))
        level = [t + size / self.a.serialize for t in finishes]
        for _ in range(depth - 1):
            level = [self.received(level[i : i + fan], size, per_parameter) for i in range(0, len(level), fan)]
        return self.received(level, size, per_parameter), len(level) * size

    def ranges(self, finishes, count, size, per_parameter):
        """The same where count tasks average a range each, as many at a time as there are executors."""
        k = len(finishes)
        ready = [t + 2 * size / self.a.serialize for t in finishes]  # cut, serialized, written
        waves = math.ceil(count / k)
        on_one = size / count  # of one worker, in one range
        slowest = max(ready)  # Spark's second stage begins when the first has ended
        # executors with a range read from all; all send: whichever takes longer
        reading = waves * k * on_one / self.a.network
        sending = size / self.a.network
        adding = waves * k * (on_one / self.a.serialize + on_one / per_parameter / self.a.reduce)
        averaged = slowest + max(reading, sending) + adding
        return averaged + size / self.a.network + size / self.a.serialize, size, k * on_one


def shown(seconds):
    return f"{seconds:,.1f}" if seconds < 1000 else f"{seconds:,.0f}"


def main():
    a = parse()
    k, p = a.executors, a.parameters
    cluster = Cluster(a)
    finishes = cluster.finishes(k, a.images)
    compute = a.images / k / a.images_per_second
    print(f"{k:,} executors, {p:,.0f} parameters, {a.images:,.0f} images, {a.images_per_second:,.0f} images/s each, {a.network * 8e-9:.0f} Gbit/s")
    print(f"an epoch takes {compute:,.0f} s of computation; the slowest worker takes {max(finishes) - compute:.1f} s more\n")
    print("| bytes of a parameter | averaged how | to the driver, GB | held by a task, GB | broadcast and average, s | share of the round |")
    print("|---|---|---|---|---|---|")
    payloads = {
        16: "weights, moments, moving average",
        8: "moments kept out",
        4: "weights alone",
        2: "half-precision changes of the weights",
    }
    for b, words in payloads.items():
        size = b * p
        ways = [(name, *cluster.tree(finishes, depth, size, b), 2 * size) for name, depth in TREES]
        ways += [(f"{count:,} ranges", *cluster.ranges(finishes, count, size, b)) for count in (200, 2 * k)]
        for name, end, to_driver, held in ways:
            extra = end - max(finishes) + cluster.broadcast(k, size) + a.fixed
            share = extra / (extra + max(finishes))
            print(f"| {b} ({words}) | {name} | {to_driver / 1e9:,.1f} | {held / 1e9:,.1f} | {shown(extra)} | {100 * share:.0f} % |")
    scaling(a)


TREES = [("collect", 1), ("tree 2", 2), ("tree 3", 3), ("tree 4", 4)]


def scaling(a):
    print("\nAn epoch a round, as many ranges as twice the executors:\n")
    print("| executors | computation, s | waiting for the slowest, s | broadcast and average, s | times one executor | steps of 64 one after the other |")
    print("|---|---|---|---|---|---|")
    for k in (1, 10, 100, 1000, 10_000):
        cluster = Cluster(a)
        finishes = cluster.finishes(k, a.images)
        end, _, _ = cluster.ranges(finishes, 2 * k, 16 * a.parameters, 16)
        compute = a.images / k / a.images_per_second
        waiting = max(finishes) - sum(finishes) / k
        averaging = end - max(finishes) + cluster.broadcast(k, 16 * a.parameters) + a.fixed
        times = a.images / a.images_per_second / (compute + waiting + averaging)
        print(f"| {k:,} | {shown(compute)} | {shown(waiting)} | {shown(averaging)} | {times:,.0f} | {a.images / k / 64:,.0f} |")


if __name__ == "__main__":
    main()
