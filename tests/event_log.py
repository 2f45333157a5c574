"""What Spark's event log says of the rounds of a run."""

import json


class Round:
    """One Spark job of a round: sums over its tasks, times in seconds."""

    def __init__(self, start):
        self.begin = start["Submission Time"] / 1000
        self.stages = start["Stage IDs"]
        self.end = None
        self.tasks = 0
        self.result_bytes = self.shuffle_bytes = self.gc = self.deserialize = self.run = 0
        self.serialize = self.getting = self.longest = 0.0

    def add(self, event):
        info, metrics = event["Task Info"], event["Task Metrics"]
        self.tasks += 1
        self.result_bytes += metrics["Result Size"]
        self.shuffle_bytes += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        self.gc += metrics["JVM GC Time"] / 1000
        self.deserialize += metrics["Executor Deserialize Time"] / 1000
        self.run += metrics["Executor Run Time"] / 1000
        self.serialize += metrics["Result Serialization Time"] / 1000
        if info["Getting Result Time"]:
            self.getting += (info["Finish Time"] - info["Getting Result Time"]) / 1000
        self.longest = max(self.longest, (info["Finish Time"] - info["Launch Time"]) / 1000)

    @property
    def seconds(self):
        return self.end - self.begin


def rounds(file):
    """The jobs of rounds in their order, and the number of all jobs."""
    jobs, of_stage, all_jobs = {}, {}, 0
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            kind = event["Event"]
            if kind == "SparkListenerJobStart":
                all_jobs += 1
                if (event.get("Properties") or {}).get("spark.job.description", "").startswith("round "):
                    job = Round(event)
                    jobs[event["Job ID"]] = job
                    of_stage.update((stage, job) for stage in job.stages)
            elif kind == "SparkListenerTaskEnd" and event["Stage ID"] in of_stage and event.get("Task Metrics"):
                of_stage[event["Stage ID"]].add(event)
            elif kind == "SparkListenerJobEnd" and event["Job ID"] in jobs:
                jobs[event["Job ID"]].end = event["Completion Time"] / 1000
    return [jobs[number] for number in sorted(jobs)], all_jobs
