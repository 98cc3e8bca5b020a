"""Writes models of drawn weights in Q8_0 with the shapes of newer architectures, to be timed with bench/peers/run.sh:
    python3 bench/peers/shapes.py OUTDIR [moe mla gemma]
moe    a tenth of Qwen3-30B-A3B: 32 experts of which a token has 4
mla    a twentieth of DeepSeek-V2: latent attention of rank 512, 32 experts of which a token has 4, two shared
gemma  half the layers of Gemma 3 1B: heads of 256, windows of 512, 65,536 tokens
Needs numpy.
"""
import os, struct, sys
import numpy as np

out, names = sys.argv[1], sys.argv[2:] or ["moe", "mla", "gemma"]
draw = np.random.default_rng(5)
F32, Q8_0 = 0, 8
U32, FLOAT, BOOL, TEXT, ARRAY, I32 = 4, 6, 7, 8, 9, 5


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def entry(key, kind, value):
    if kind == ARRAY:
        kind2, values = value
        body = b"".join(text(v) for v in values) if kind2 == TEXT else np.array(values, {I32: "<i4", FLOAT: "<f4"}[kind2]).tobytes()
        return text(key) + struct.pack("<IIQ", ARRAY, kind2, len(values)) + body
    return text(key) + struct.pack("<I", kind) + (text(value) if kind == TEXT else struct.pack({U32: "<I", FLOAT: "<f", BOOL: "<?"}[kind], value))


def blocks(count, columns):
    """Codes of a byte behind a scale that keeps sums of so many products near 1."""
    data = np.empty((count, 34), np.uint8)
    data[:, :2] = np.frombuffer(np.float16(1 / (73 * columns ** 0.5)).tobytes(), np.uint8)
    data[:, 2:] = draw.integers(0, 255, (count, 32), np.uint8) - 127
    return data.tobytes()


def write(name, architecture, vocabulary, metadata, tensors):
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    tokens += [f"\u2581w{i}" for i in range(vocabulary - len(tokens))]
    entries = [entry("general.architecture", TEXT, architecture)] + [entry(f"{architecture}.{key}", FLOAT if isinstance(v, float) else BOOL if isinstance(v, bool) else U32, v) for key, v in metadata.items()]
    entries += [entry("tokenizer.ggml.model", TEXT, "llama"), entry("tokenizer.ggml.tokens", ARRAY, (TEXT, tokens)),
                entry("tokenizer.ggml.scores", ARRAY, (FLOAT, [-float(i) for i in range(vocabulary)])),
                entry("tokenizer.ggml.token_type", ARRAY, (I32, [2, 3, 3] + [6] * 256 + [1] * (vocabulary - 259))),
                entry("tokenizer.ggml.bos_token_id", U32, 1), entry("tokenizer.ggml.eos_token_id", U32, 2)]
    infos, offset = [], 0
    for key, shape in tensors.items():
        isfloat = len(shape) == 1 or "gate_inp" in key
        count = int(np.prod(shape))
        infos.append(text(key) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, F32 if isfloat else Q8_0, offset))
        offset += (count * 4 if isfloat else count // 32 * 34) + 31 & ~31
    path = os.path.join(out, name + ".gguf")
    with open(path, "wb") as file:
        head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries)) + b"".join(entries) + b"".join(infos)
        file.write(head + b"\0" * (-len(head) % 32))
        for key, shape in tensors.items():
            count = int(np.prod(shape))
            if len(shape) == 1:
                data = np.ones(count, "<f4").tobytes()
            elif "gate_inp" in key:
                data = (draw.standard_normal(count) / shape[0] ** 0.5).astype("<f4").tobytes()
            else:
                data = blocks(count // 32, shape[0])
            file.write(data + b"\0" * (-len(data) % 32))
    print(path, os.path.getsize(path))


def experts(hidden, count, length):
    return {"ffn_gate_inp.weight": (hidden, count), "ffn_gate_exps.weight": (hidden, length, count), "ffn_up_exps.weight": (hidden, length, count), "ffn_down_exps.weight": (length, hidden, count)}


def layered(layers, vocabulary, hidden, each, tied=False):
    tensors = {"token_embd.weight": (hidden, vocabulary), "output_norm.weight": (hidden,)} | ({} if tied else {"output.weight": (hidden, vocabulary)})
    return tensors | {f"blk.{i}.{key}": shape for i in range(layers) for key, shape in each(i).items()}


def sizes(layers, hidden, heads, kv, feed_forward):
    return {"block_count": layers, "context_length": 2048, "embedding_length": hidden, "feed_forward_length": feed_forward, "attention.head_count": heads,
            "attention.head_count_kv": kv, "attention.layer_norm_rms_epsilon": 1e-6, "rope.freq_base": 10000.0}


if "moe" in names:
    hidden, heads, kv, dim = 1024, 16, 4, 64
    layer = {"attn_norm.weight": (hidden,), "ffn_norm.weight": (hidden,), "attn_q.weight": (hidden, heads * dim), "attn_k.weight": (hidden, kv * dim), "attn_v.weight": (hidden, kv * dim),
             "attn_output.weight": (heads * dim, hidden), "attn_q_norm.weight": (dim,), "attn_k_norm.weight": (dim,)} | experts(hidden, 32, 512)
    write("moe-Q8_0", "qwen3moe", 32000, sizes(8, hidden, heads, kv, 512) | {"attention.key_length": dim, "attention.value_length": dim, "expert_count": 32, "expert_used_count": 4, "expert_feed_forward_length": 512},
          layered(8, 32000, hidden, lambda i: layer))
if "mla" in names:
    hidden, heads, rank, turned, plain, value = 1024, 8, 512, 64, 128, 128
    layer = {"attn_norm.weight": (hidden,), "ffn_norm.weight": (hidden,), "attn_q_a.weight": (hidden, 512), "attn_q_a_norm.weight": (512,), "attn_q_b.weight": (512, heads * (plain + turned)),
             "attn_kv_a_mqa.weight": (hidden, rank + turned), "attn_kv_a_norm.weight": (rank,), "attn_k_b.weight": (plain, rank, heads), "attn_v_b.weight": (rank, value, heads),
             "attn_output.weight": (heads * value, hidden)}
    dense = {"ffn_gate.weight": (hidden, 4096), "ffn_up.weight": (hidden, 4096), "ffn_down.weight": (4096, hidden)}
    mixed = experts(hidden, 32, 512) | {"ffn_gate_shexp.weight": (hidden, 1024), "ffn_up_shexp.weight": (hidden, 1024), "ffn_down_shexp.weight": (1024, hidden)}
    write("mla-Q8_0", "deepseek2", 32000, sizes(8, hidden, heads, 1, 4096) | {
        "attention.q_lora_rank": 512, "attention.kv_lora_rank": rank, "attention.key_length": rank + turned, "attention.value_length": rank, "attention.key_length_mla": plain + turned,
        "attention.value_length_mla": value, "rope.dimension_count": turned, "leading_dense_block_count": 1, "expert_count": 32, "expert_used_count": 4, "expert_feed_forward_length": 512,
        "expert_shared_count": 2, "expert_weights_scale": 1.0, "expert_gating_func": 1, "expert_weights_norm": False, "vocab_size": 32000}, layered(8, 32000, hidden, lambda i: layer | (dense if i == 0 else mixed)))
if "gemma" in names:
    hidden, heads, dim, length = 1152, 4, 256, 6912
    layer = {f"{key}.weight": (hidden,) for key in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")} | {
        "attn_q.weight": (hidden, heads * dim), "attn_k.weight": (hidden, dim), "attn_v.weight": (hidden, dim), "attn_output.weight": (heads * dim, hidden), "attn_q_norm.weight": (dim,),
        "attn_k_norm.weight": (dim,), "ffn_gate.weight": (hidden, length), "ffn_up.weight": (hidden, length), "ffn_down.weight": (length, hidden)}
    write("gemma-Q8_0", "gemma3", 65536, sizes(13, hidden, heads, 1, length) | {"attention.key_length": dim, "attention.value_length": dim, "attention.sliding_window": 512}, layered(13, 65536, hidden, lambda i: layer, tied=True))
