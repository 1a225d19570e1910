"""Asks a running instance everything its OpenAPI document allows, and much that it does not, and compares the answers with
the document: no 5xx, no status that is not documented, no answer outside its schema. Runs Schemathesis, beside which it
stands, so with the Python of its environment.

    check.py [SEED]      a seed that was printed makes the same requests again
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("LOCKSTEP_SCHEMATHESIS_SECONDS", "100"))
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
]


class Cluster:
    """One instance with people, run by the test kit's program (crates/testkit/src/bin/testkit-cluster.rs)."""

    def __init__(self):
        program = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "testkit-cluster"
        arguments = [program, "1", "3", "LOCKSTEP_REQUEST_SECONDS=30"]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started = json.loads(self.process.stdout.readline())
        self.address = started["instances"][0]["http"].split("/api/")[0]
        self.people = started["users"]
        self.token = self.ask({"do": "token", "user": 0, "ttl": 3600})["token"]

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def post(self, path, body):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.address}/api/v1{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def furnish(cluster):
    """What the ids of paths name: things that are there, so that requests get past 404."""
    made = [cluster.post("/projects", {"name": name})["project"]["id"] for name in ("Shop", "Away")]
    project = made[0]
    cluster.post(f"/projects/{project}/members", {"user": cluster.people[1]["id"], "role": "editor"})
    titles = ["Paint the door", "Order screws", "Repaint the fence", "Count the shelves"]
    tasks = [cluster.post(f"/projects/{project}/tasks", {"title": title})["task"]["id"] for title in titles]
    comment = cluster.post(f"/projects/{project}/tasks/{tasks[0]}/comments", {"body": "Looks **good**."})
    return {"project": made, "task": tasks, "comment": comment["comment"]["id"], "user": cluster.people[1]["id"]}


def configuration(known):
    """Ids for the parameters of paths; what would take the project away for all that follows gets another one."""
    project, away = known["project"]
    names = {
        "path.project": project,
        "path.task": known["task"][0],
        "path.on": known["task"][1],
        "path.comment": known["comment"],
        "path.user": known["user"],
        "path.emoji": "%F0%9F%91%8D",
    }
    lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in names.items()]
    lines = ["[parameters]", *lines]
    for operation in ("projects.remove", "projects.update", "projects.restore"):
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', f'parameters = {{ "path.project" = "{away}" }}']
    return "\n".join(lines) + "\n"


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 32)
    print(f"Schemathesis with the seed {seed}; `tests/openapi/check.py {seed}` repeats it", flush=True)
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "schemathesis.toml"
            file.write_text(configuration(furnish(cluster)))
            command = [
                pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", file, "--no-color",
                "run", f"{cluster.address}/openapi.json", "--url", cluster.address, "--seed", str(seed),
                "--max-time", str(SECONDS), "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
                "--max-examples", "30", "--header", f"Authorization: Bearer {cluster.token}", "--continue-on-failure",
                "--exclude-path", "/connection/websocket", "--request-timeout", "20", "--warnings", "off",
                "--suppress-health-check", "all", "--no-shrink",
            ]
            return subprocess.run(command, cwd=folder, timeout=SECONDS + 80, check=False).returncode
    finally:
        cluster.end()


if __name__ == "__main__":
    sys.exit(main())
