"""Kernels in Triton, as its users write them: each takes the buffers of peers.py and returns the run. Imported where Triton is installed."""
import torch
import triton
import triton.language as tl


@triton.jit
def softmax_kernel(x, y, columns, block: tl.constexpr):
    start = tl.program_id(0).to(tl.int64) * columns
    top = -float("inf")
    total = 0.0
    for first in range(0, columns, block):
        at = first + tl.arange(0, block)
        values = tl.load(x + start + at, mask=at < columns, other=-float("inf")).to(tl.float32)
        new_top = tl.maximum(top, tl.max(values, 0))
        total = total * tl.exp(top - new_top) + tl.sum(tl.exp(values - new_top), 0)
        top = new_top
    for first in range(0, columns, block):
        at = first + tl.arange(0, block)
        values = tl.load(x + start + at, mask=at < columns, other=-float("inf")).to(tl.float32)
        tl.store(y + start + at, (tl.exp(values - top) / total).to(y.dtype.element_ty), mask=at < columns)


def softmax(x):
    y = torch.empty_like(x)
    rows, columns = x.shape
    block = min(8192, triton.next_power_of_2(columns))
    return lambda: softmax_kernel[(rows,)](x, y, columns, block=block, num_warps=8)


@triton.autotune(
    configs=[triton.Config({"block_m": m, "block_n": n, "block_k": k}, num_stages=stages, num_warps=warps)
             for m, n, k, stages, warps in [(128, 256, 64, 3, 8), (128, 128, 64, 3, 4), (128, 128, 32, 4, 4), (64, 128, 32, 4, 4)]],
    key=["m", "n", "k"])
@triton.jit
def matmul_kernel(x, w, y, m, n, k, block_m: tl.constexpr, block_n: tl.constexpr, block_k: tl.constexpr):
    # Blocks of eight rows of blocks, so that what a wave of programs reads stays in the L2 cache.
    across, group = tl.cdiv(n, block_n), 8
    first = tl.program_id(0) // (group * across) * group
    height = min(tl.cdiv(m, block_m) - first, group)
    place = tl.program_id(0) % (group * across)
    rows = (first + place % height) * block_m + tl.arange(0, block_m)
    columns = place // height * block_n + tl.arange(0, block_n)
    steps = tl.arange(0, block_k)
    sums = tl.zeros((block_m, block_n), dtype=tl.float32)
    for start in range(0, k, block_k):
        at = start + steps
        left = tl.load(x + rows[:, None] * k + at[None, :], mask=(rows[:, None] < m) & (at[None, :] < k), other=0.0)
        right = tl.load(w + columns[None, :] * k + at[:, None], mask=(columns[None, :] < n) & (at[:, None] < k), other=0.0)
        sums = tl.dot(left, right, sums)
    tl.store(y + rows[:, None] * n + columns[None, :], sums.to(y.dtype.element_ty), mask=(rows[:, None] < m) & (columns[None, :] < n))


def matmul(x, w, y):
    (m, k), n = x.shape, w.shape[0]
    return lambda: matmul_kernel[lambda chosen: (triton.cdiv(m, chosen["block_m"]) * triton.cdiv(n, chosen["block_n"]),)](x, w, y, m, n, k)
