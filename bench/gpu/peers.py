#!/usr/bin/env python3
"""Measures PyTorch and, where it is installed, Triton on the shapes of kf-gpu: peers.py FOLDER reads shapes.json and writes peers.json."""
import json
import os
import statistics
import sys

import torch

try:
    import triton
    import triton_peers
except ImportError:
    triton = None

TYPES = {"Half": torch.float16, "BFloat16": torch.bfloat16, "float": torch.float32}
REPETITIONS, LEAST_SECONDS, CACHE_BYTES = 7, 0.03, 512 << 20


def seconds(runs):
    """Median seconds of a run; the runs work on buffers of their own, in turn, inside a CUDA graph."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for run in runs:
            run()
            run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        for run in runs:
            run()
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)

    def elapsed(rounds):
        start.record()
        for _ in range(rounds):
            graph.replay()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1e3

    rounds = 1
    while elapsed(rounds) < LEAST_SECONDS and rounds < 4096:
        rounds *= 2
    return statistics.median(elapsed(rounds) / rounds / len(runs) for _ in range(REPETITIONS))


def draw(dtype, *extents):
    return torch.randn(*extents, device="cuda", dtype=torch.float32).mul_(0.1).to(dtype)


# Each makes one set of buffers: the bytes of it that a run reads, and the run.
def matvec(dtype, a):
    w, x = draw(dtype, a["rows"], a["cols"]), draw(dtype, a["cols"])
    y = torch.empty(a["rows"], device="cuda", dtype=dtype)
    return w.nbytes, lambda: torch.mv(w, x, out=y)


def matmul(dtype, a):
    w, x = draw(dtype, a["rows"], a["cols"]), draw(dtype, a["tokens"], a["cols"])
    y = torch.empty(a["tokens"], a["rows"], device="cuda", dtype=dtype)
    return w.nbytes + x.nbytes, lambda: torch.mm(x, w.t(), out=y)


def attention(dtype, a, tokens, causal):
    q = draw(dtype, 1, a["heads"], tokens, a["headDim"])
    k, v = (draw(dtype, 1, a["kvHeads"], a["keys"], a["headDim"]) for _ in range(2))
    run = lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
    return k.nbytes + v.nbytes, run


def rows(dtype, a, function):
    x = draw(dtype, a["rows"], a.get("cols") or a["vocabulary"])
    w = draw(dtype, x.shape[1])
    return 2 * x.nbytes, lambda: function(x, w)


def rms_norm(x, w):
    return torch.nn.functional.rms_norm(x, (x.shape[1],), w, 1e-5)


def layer_norm(x, w):
    return torch.nn.functional.layer_norm(x, (x.shape[1],), w, w, 1e-5)


def triton_softmax(dtype, a):
    x = draw(dtype, a["rows"], a["cols"])
    run = triton_peers.softmax(x)
    run()
    return 2 * x.nbytes, run


def triton_matmul(dtype, a):
    w, x = draw(dtype, a["rows"], a["cols"]), draw(dtype, a["tokens"], a["cols"])
    run = triton_peers.matmul(x, w, torch.empty(a["tokens"], a["rows"], device="cuda", dtype=dtype))
    run()  # Configurations are tried here, outside of a graph.
    return w.nbytes + x.nbytes, run


def compiled(function):
    return torch.compile(function, dynamic=False)


PEERS = {
    "matvec": [("torch.mv", matvec)],
    "matmul": [("torch.mm", matmul)] + ([("triton matmul", triton_matmul)] if triton else []),
    "decode-attention": [("torch sdpa", lambda d, a: attention(d, a, 1, False))],
    "prefill-attention": [("torch sdpa", lambda d, a: attention(d, a, a["tokens"], True))],
    "softmax": [("torch.softmax", lambda d, a: rows(d, a, lambda x, w: torch.softmax(x, 1))),
                ("torch.compile softmax", lambda d, a: rows(d, a, compiled(lambda x, w: torch.softmax(x, 1))))]
               + ([("triton softmax", triton_softmax)] if triton else []),
    "rmsnorm": [("torch rms_norm", lambda d, a: rows(d, a, rms_norm)), ("torch.compile rms_norm", lambda d, a: rows(d, a, compiled(rms_norm)))],
    "layernorm": [("torch layer_norm", lambda d, a: rows(d, a, layer_norm)), ("torch.compile layer_norm", lambda d, a: rows(d, a, compiled(layer_norm)))],
    "argmax": [("torch.argmax", lambda d, a: rows(d, a, lambda x, w: torch.argmax(x, 1)))],
}


def measure(shape, name, make):
    dtype, axes = TYPES[shape["types"].split(",")[0]], shape["axes"]
    first = make(dtype, axes)
    count = max(2, min(64, CACHE_BYTES // max(1, first[0])))
    return seconds([first[1]] + [make(dtype, axes)[1] for _ in range(count - 1)])


def main(folder):
    with open(os.path.join(folder, "shapes.json"), encoding="utf-8") as file:
        shapes = json.load(file)
    results = []
    for shape in shapes:
        for name, make in PEERS.get(shape["peer"], []):
            result = {"id": shape["id"], "name": name, "seconds": 0.0, "error": None}
            try:
                result["seconds"] = measure(shape, name, make)
                print(f'{name} on {shape["id"]}: {result["seconds"] * 1e6:.1f} us')
            except Exception as error:  # A peer that cannot run is a row that says so.
                result["error"] = str(error).splitlines()[0] if str(error) else type(error).__name__
                print(f'{name} on {shape["id"]}: {result["error"]}')
            results.append(result)
            torch.cuda.empty_cache()
    versions = f"PyTorch {torch.__version__} (CUDA {torch.version.cuda}), {f'Triton {triton.__version__}' if triton else 'no Triton'}"
    with open(os.path.join(folder, "peers.json"), "w", encoding="utf-8") as file:
        json.dump({"versions": versions, "results": results}, file, indent=2)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not torch.cuda.is_available():
        sys.exit("peers.py: PyTorch finds no CUDA device")
    main(sys.argv[1])
