"""The step of `kf train` in PyTorch on the CPU: the same model, batch and dtype. Called by training.sh.

usage: training.py CONFIG VOCABULARY DOCUMENT_TOKENS STEPS THREADS
Prints tokens a second. Needs only what Debian's python3-torch (1.13) has.
"""
import json
import math
import re
import sys
import time

import torch
import torch.nn.functional as F


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
        k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        if hasattr(F, "scaled_dot_product_attention"):
            o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            o = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(self.dim) + mask, dim=-1) @ v
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
        return F.cross_entropy((norm(x, self.norm) @ self.embedding.weight.T).flatten(0, 1), labels.flatten())


def norm(x, gain):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gain


def turn(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


def main():
    config, vocabulary, document, steps, threads = sys.argv[1], *map(int, sys.argv[2:6])
    options = json.loads(re.sub(r"^\s*//.*$", "", open(config).read(), flags=re.M))
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Model(options["model"], vocabulary)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    micro = options["batch"].get("micro_tokens") or options["batch"]["tokens"]
    parts = options["batch"]["tokens"] // micro
    times = []
    for _ in range(steps + 1):
        started = time.perf_counter()
        optimizer.zero_grad()
        for _ in range(parts):
            tokens = torch.randint(0, vocabulary, (micro // document, document + 1))
            (model(tokens[:, :-1], tokens[:, 1:]) / parts).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append(time.perf_counter() - started)
    print(f"{options['batch']['tokens'] * steps / sum(times[1:]):.0f}")


main()
