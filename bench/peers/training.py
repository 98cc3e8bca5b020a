"""The step of `kf train` in PyTorch on the CPU: the same model, batch and dtype. Called by training.sh.

usage: training.py CONFIG TOKENIZER.gguf DATA.jsonl STEPS THREADS [WEIGHTS.gguf]
DATA has documents of digits, each of the same number of tokens. Prints a JSON object: tokens a second, and the loss of every step.
With WEIGHTS the model begins with those of a file that `kf train` wrote. Needs only what Debian's python3-torch (1.13) has, and uses
scaled_dot_product_attention where there is one.
"""
import json
import math
import re
import struct
import sys
import time

import torch
import torch.nn.functional as F

SIZES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


class Layer(torch.nn.Module):
    def __init__(self, width, hidden, heads, kv_heads):
        super().__init__()
        self.heads, self.kv_heads, self.dim = heads, kv_heads, width // heads
        self.norm1 = torch.nn.Parameter(torch.ones(width))
        self.norm2 = torch.nn.Parameter(torch.ones(width))
        self.qkv = torch.nn.Linear(width, (heads + 2 * kv_heads) * self.dim, bias=False)
        self.out = torch.nn.Linear(heads * self.dim, width, bias=False)
        self.gate_up = torch.nn.Linear(width, 2 * hidden, bias=False)
        self.down = torch.nn.Linear(hidden, width, bias=False)

    def forward(self, x, cos, sin, mask):
        b, t, _ = x.shape
        q, k, v = self.qkv(norm(x, self.norm1)).split([self.heads * self.dim, self.kv_heads * self.dim, self.kv_heads * self.dim], dim=-1)
        q = turn(q.view(b, t, self.heads, self.dim), cos, sin).transpose(1, 2)
        k = turn(k.view(b, t, self.kv_heads, self.dim), cos, sin).transpose(1, 2)
        v = v.view(b, t, self.kv_heads, self.dim).transpose(1, 2)
        group = self.heads // self.kv_heads
        # Expanded and not repeated: the gradient is then a sum and no scattered addition, which is twice as slow.
        k, v = (each[:, :, None].expand(b, self.kv_heads, group, t, self.dim).reshape(b, self.heads, t, self.dim) for each in (k, v))
        if hasattr(F, "scaled_dot_product_attention"):
            o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            b1, b2, b3 = (each.flatten(0, 1) for each in (q, k, v))
            scores = torch.baddbmm(mask, b1, b2.transpose(-1, -2), alpha=1 / math.sqrt(self.dim))
            o = torch.bmm(torch.softmax(scores, dim=-1), b3).view(b, self.heads, t, self.dim)
        x = x + self.out(o.transpose(1, 2).reshape(b, t, -1))
        gate, up = self.gate_up(norm(x, self.norm2)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Model(torch.nn.Module):
    def __init__(self, shape, vocabulary):
        super().__init__()
        width = shape["embedding_length"]
        self.embedding = torch.nn.Embedding(vocabulary, width)
        torch.nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = torch.nn.ModuleList(
            Layer(width, shape["feed_forward_length"], shape["heads"], shape["key_value_heads"]) for _ in range(shape["layers"]))
        self.norm = torch.nn.Parameter(torch.ones(width))
        self.dim = width // shape["heads"]

    def forward(self, tokens, labels):
        t = tokens.shape[1]
        angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(0, self.dim, 2) / self.dim)
        cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
        mask = torch.full((t, t), float("-inf")).triu(1)
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        logits = F.linear(norm(x, self.norm), self.embedding.weight)
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum")


def norm(x, gain):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gain


def turn(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


def read_gguf(path):
    """The metadata of a GGUF file, and its tensors of 32-bit floats."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8

    def take(kind):
        nonlocal at
        if kind == 8:
            length = take(10)
            at += length
            return data[at - length:at].decode("utf-8", "replace")
        if kind == 9:
            inner, count = take(4), take(10)
            return [take(inner) for _ in range(count)]
        form = "<" + SIZES[kind]
        at += struct.calcsize(form)
        return struct.unpack_from(form, data, at - struct.calcsize(form))[0]

    tensors, pairs = take(10), take(10)
    metadata = {take(8): take(take(4)) for _ in range(pairs)}
    places = []
    for _ in range(tensors):
        name = take(8)
        extents = [take(10) for _ in range(take(4))]
        places.append((name, extents, take(4), take(10)))
    alignment = metadata.get("general.alignment", 32)
    base = (at + alignment - 1) // alignment * alignment
    floats = {name: torch.frombuffer(bytearray(data[base + first:base + first + 4 * math.prod(extents)]), dtype=torch.float32).view(*reversed(extents))
              for name, extents, kind, first in places if kind == 0}
    return metadata, floats


def load(model, path):
    tensors = read_gguf(path)[1]
    with torch.no_grad():
        model.embedding.weight.copy_(tensors["token_embd.weight"])
        model.norm.copy_(tensors["output_norm.weight"])
        for i, layer in enumerate(model.layers):
            part = lambda name: tensors[f"blk.{i}.{name}.weight"]
            layer.norm1.copy_(part("attn_norm"))
            layer.norm2.copy_(part("ffn_norm"))
            layer.qkv.weight.copy_(torch.cat([part("attn_q"), part("attn_k"), part("attn_v")]))
            layer.out.weight.copy_(part("attn_output"))
            layer.gate_up.weight.copy_(torch.cat([part("ffn_gate"), part("ffn_up")]))
            layer.down.weight.copy_(part("ffn_down"))


def documents(tokenizer, path):
    """Every document as its tokens, and the token after each: the last one's does not count."""
    metadata, _ = read_gguf(tokenizer)
    ids = {text: i for i, text in enumerate(metadata["tokenizer.ggml.tokens"])}
    begin, end = metadata["tokenizer.ggml.bos_token_id"], metadata["tokenizer.ggml.eos_token_id"]
    rows = [[begin] + [ids[digit] for digit in json.loads(line)["text"]] + [end] for line in open(path)]
    tokens = torch.tensor(rows)
    return tokens, F.pad(tokens[:, 1:], (0, 1), value=-100), len(ids)


def rate(schedule, step):
    """The learning rate of `kf train`: a linear warm-up, then a cosine; or several of these in sequence."""
    if schedule["kind"] == "sequence":
        phases = schedule["phases"]
        while step >= phases[0]["steps"] and len(phases) > 1:
            step, phases = step - phases[0]["steps"], phases[1:]
        return rate(phases[0]["schedule"], step)
    warm = schedule.get("warm_up_steps", 0)
    if step < warm:
        return schedule["peak"] * (step + 1) / warm
    done = (step - warm) / max(1, schedule["steps"] - 1 - warm)
    return schedule["final"] + (schedule["peak"] - schedule["final"]) * (1 + math.cos(math.pi * done)) / 2


def main():
    config, tokenizer, data, steps, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    options = json.loads(re.sub(r"^\s*//.*$", "", open(config).read(), flags=re.M))
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    tokens, labels, vocabulary = documents(tokenizer, data)
    model = Model(options["model"], vocabulary)
    if len(sys.argv) > 6:
        load(model, sys.argv[6])
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    choices = options["optimizer"]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": choices["weight_decay"]}, {"params": vectors, "weight_decay": 0.0}],
        lr=0.0, betas=(choices["beta1"], choices["beta2"]), eps=choices.get("epsilon", 1e-8), foreach=True)
    batch = options["batch"]["tokens"] // tokens.shape[1]
    together = (options["batch"].get("micro_tokens") or options["batch"]["tokens"]) // tokens.shape[1]
    times, losses = [], []
    for step in range(steps + 1):
        started = time.perf_counter()
        first = step * batch % len(tokens)
        rows, follows = tokens[first:first + batch], labels[first:first + batch]
        counted = int((follows >= 0).sum())
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for part in range(0, batch, together):
            loss = model(rows[part:part + together], follows[part:part + together]) / counted
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), choices["clip_norm"])
        for group in optimizer.param_groups:
            group["lr"] = rate(options["schedule"], step)
        optimizer.step()
        times.append(time.perf_counter() - started)
        losses.append(total)
    # The first step allocates what the others use again.
    later = sorted(times[1:])
    print(json.dumps({"tokens_per_second": options["batch"]["tokens"] / later[len(later) // 2], "losses": losses, "torch": torch.__version__}))


main()
