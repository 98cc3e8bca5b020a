"""Writes a tiny drawn model of every architecture as Hugging Face's library saves it, each in a folder of its own:
    python3 bench/peers/folders.py OUTDIR TOKENIZER.json
Converted by kf convert, they are what bench/peers/probabilities.mjs opens in llama.cpp.
"""
import array, json, os, random, shutil, struct, sys

out, tokenizer = sys.argv[1:]
V, H, L, N, K, D, F, C = 320, 64, 2, 4, 2, 16, 96, 64
draw = random.Random(5)
vocabulary = len(json.load(open(tokenizer))["model"]["vocab"])
assert vocabulary <= V, vocabulary


def save(name, config, tensors):
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    header, data, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for key, (shape, mean, size) in tensors.items():
        count = 1
        for extent in shape:
            count *= extent
        values = array.array("f", (draw.gauss(mean, size) for _ in range(count)))
        header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + 4 * count]}
        data.append(values.tobytes())
        offset += 4 * count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))
    json.dump(config, open(os.path.join(folder, "config.json"), "w"), indent=1)
    shutil.copy(tokenizer, os.path.join(folder, "tokenizer.json"))


def matrix(rows, columns, gain=1.5):
    return [rows, columns], 0, gain / columns ** 0.5


def norm(length, mean=1.0):
    return [length], mean, 0.2


def bias(length):
    return [length], 0, 0.3


def config(name, **more):
    return {"architectures": [name], "hidden_size": H, "intermediate_size": F, "num_hidden_layers": L, "num_attention_heads": N, "num_key_value_heads": K,
            "max_position_embeddings": C, "rope_theta": 10000.0, "rms_norm_eps": 1e-5, "hidden_act": "silu", "vocab_size": V, "tie_word_embeddings": False} | more


def layered(layers, ends, count=L):
    return ends | {f"model.layers.{i}.{key}": value for i in range(count) for key, value in layers.items()}


def ends(tied=False, mean=1.0):
    return {"model.embed_tokens.weight": ([V, H], 0, 1), "model.norm.weight": norm(H, mean)} | ({} if tied else {"lm_head.weight": matrix(V, H)})


def attention(biased=False, output_biased=False, dim=D):
    tensors = {}
    for part, rows in (("q", N * dim), ("k", K * dim), ("v", K * dim)):
        tensors[f"self_attn.{part}_proj.weight"] = matrix(rows, H)
        if biased:
            tensors[f"self_attn.{part}_proj.bias"] = bias(rows)
    tensors["self_attn.o_proj.weight"] = matrix(H, N * dim)
    if output_biased:
        tensors["self_attn.o_proj.bias"] = bias(H)
    return tensors


def gated(prefix="mlp.", ff=F):
    return {f"{prefix}gate_proj.weight": matrix(ff, H), f"{prefix}up_proj.weight": matrix(ff, H), f"{prefix}down_proj.weight": matrix(H, ff)}


def norms(mean=1.0):
    return {"input_layernorm.weight": norm(H, mean), "post_attention_layernorm.weight": norm(H, mean)}


def head_norms(mean=1.0, dim=D, rows=None):
    return {"self_attn.q_norm.weight": norm(rows[0] if rows else dim, mean), "self_attn.k_norm.weight": norm(rows[1] if rows else dim, mean)}


def with_bias(tensors):
    return {k: v for key, value in tensors.items() for k, v in ([(key, value)] + ([(key[:-6] + "bias", bias(value[0][0]))] if key.endswith(".weight") else []))}


llama = attention() | norms() | gated()
save("llama", config("LlamaForCausalLM"), layered(llama, ends()))
save("llama3-rope", config("LlamaForCausalLM", rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}), layered(llama, ends()))
save("llama-linear", config("LlamaForCausalLM", rope_scaling={"type": "linear", "factor": 2.0}), layered(llama, ends()))
save("llama-yarn", config("LlamaForCausalLM", rope_scaling={"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}), layered(llama, ends()))
save("mistral", config("MistralForCausalLM", head_dim=32, sliding_window=None), layered(attention(dim=32) | norms() | gated(), ends()))
experts = {"block_sparse_moe.gate.weight": matrix(4, H)} | {f"block_sparse_moe.experts.{e}.{w}.weight": s for e in range(4) for w, s in (("w1", matrix(F, H)), ("w3", matrix(F, H)), ("w2", matrix(H, F)))}
save("mixtral", config("MixtralForCausalLM", num_local_experts=4, num_experts_per_tok=2), layered(attention() | norms() | experts, ends()))
save("qwen2", config("Qwen2ForCausalLM", tie_word_embeddings=True, use_sliding_window=False, sliding_window=32), layered(attention(biased=True) | norms() | gated(), ends(tied=True)))
save("qwen3", config("Qwen3ForCausalLM", head_dim=32), layered(attention(dim=32) | head_norms(dim=32) | norms() | gated(), ends()))
moe = {"mlp.gate.weight": matrix(4, H)} | {k: v for e in range(4) for k, v in gated(f"mlp.experts.{e}.", 32).items()}
shared = gated("mlp.shared_expert.", 48) | {"mlp.shared_expert_gate.weight": matrix(1, H)}
save("qwen2moe", config("Qwen2MoeForCausalLM", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, shared_expert_intermediate_size=48, use_sliding_window=False),
     layered(attention(biased=True) | norms() | moe | shared, ends()))
save("qwen3moe", config("Qwen3MoeForCausalLM", head_dim=D, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, norm_topk_prob=True), layered(attention() | head_norms() | norms() | moe, ends()))
gemma = dict(hidden_act="gelu_pytorch_tanh", hidden_activation="gelu_pytorch_tanh", head_dim=32, tie_word_embeddings=True)
save("gemma", config("GemmaForCausalLM", **gemma), layered(attention(dim=32) | norms(0) | gated(), ends(tied=True, mean=0)))
four = norms(0) | {"pre_feedforward_layernorm.weight": norm(H, 0), "post_feedforward_layernorm.weight": norm(H, 0)}
save("gemma2", config("Gemma2ForCausalLM", attn_logit_softcapping=50.0, final_logit_softcapping=30.0, query_pre_attn_scalar=32, sliding_window=32, **gemma), layered(attention(dim=32) | four | gated(), ends(tied=True, mean=0)))
save("gemma3", config("Gemma3ForCausalLM", query_pre_attn_scalar=32, sliding_window=32, **gemma), layered(attention(dim=32) | head_norms(0, 32) | four | gated(), ends(tied=True, mean=0)))
phi = {"self_attn.dense.weight": matrix(H, H), "mlp.fc1.weight": matrix(F, H), "mlp.fc2.weight": matrix(H, F), "input_layernorm.weight": norm(H)} | {f"self_attn.{p}_proj.weight": matrix(H, H) for p in "qkv"}
save("phi2", config("PhiForCausalLM", num_key_value_heads=N, partial_rotary_factor=0.5, layer_norm_eps=1e-5, hidden_act="gelu_new"),
     with_bias(layered(phi, {"model.final_layernorm.weight": norm(H), "lm_head.weight": matrix(V, H)})) | {"model.embed_tokens.weight": ([V, H], 0, 1)})
# llama.cpp looks for special tokens in models whose name has "phi3" in it.
save("phi-three", config("Phi3ForCausalLM", original_max_position_embeddings=C, sliding_window=None),
     layered({"self_attn.qkv_proj.weight": matrix((N + 2 * K) * D, H), "self_attn.o_proj.weight": matrix(H, H), "mlp.gate_up_proj.weight": matrix(2 * F, H), "mlp.down_proj.weight": matrix(H, F)} | norms(), ends()))
gpt2 = {"ln_1.weight": norm(H), "ln_2.weight": norm(H), "ln_1.bias": bias(H), "ln_2.bias": bias(H)}
for key, (inputs, outputs) in {"attn.c_attn": (H, 3 * H), "attn.c_proj": (H, H), "mlp.c_fc": (H, 4 * H), "mlp.c_proj": (4 * H, H)}.items():
    gpt2 |= {key + ".weight": ([inputs, outputs], 0, 1.5 / inputs ** 0.5), key + ".bias": bias(outputs)}
save("gpt2", {"architectures": ["GPT2LMHeadModel"], "n_embd": H, "n_layer": L, "n_head": N, "n_positions": C, "n_inner": None, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new", "vocab_size": V, "tie_word_embeddings": True},
     {"transformer.wte.weight": ([V, H], 0, 1), "transformer.wpe.weight": ([C, H], 0, 0.5), "transformer.ln_f.weight": norm(H), "transformer.ln_f.bias": bias(H)} | {f"transformer.h.{i}.{k}": v for i in range(L) for k, v in gpt2.items()})
neox = with_bias({"input_layernorm.weight": norm(H), "post_attention_layernorm.weight": norm(H), "attention.query_key_value.weight": matrix(3 * H, H), "attention.dense.weight": matrix(H, H),
                  "mlp.dense_h_to_4h.weight": matrix(F, H), "mlp.dense_4h_to_h.weight": matrix(H, F)})
for parallel in (True, False):
    save("gptneox" + ("" if parallel else "-sequential"), {"architectures": ["GPTNeoXForCausalLM"], "hidden_size": H, "intermediate_size": F, "num_hidden_layers": L, "num_attention_heads": N, "max_position_embeddings": C,
         "rotary_pct": 0.5, "rotary_emb_base": 10000, "layer_norm_eps": 1e-5, "use_parallel_residual": parallel, "hidden_act": "gelu", "vocab_size": V, "tie_word_embeddings": False},
         {"gpt_neox.embed_in.weight": ([V, H], 0, 1), "gpt_neox.final_layer_norm.weight": norm(H), "gpt_neox.final_layer_norm.bias": bias(H), "embed_out.weight": matrix(V, H)}
         | {f"gpt_neox.layers.{i}.{k}": v for i in range(L) for k, v in neox.items()})
for name, heads, first in (("falcon-7b", 1, ["input_layernorm"]), ("falcon-40b", K, ["ln_mlp", "ln_attn"])):
    falcon = {"self_attention.query_key_value.weight": matrix((N + 2 * heads) * D, H), "self_attention.dense.weight": matrix(H, H), "mlp.dense_h_to_4h.weight": matrix(4 * H, H), "mlp.dense_4h_to_h.weight": matrix(H, 4 * H)}
    for key in first:
        falcon |= {key + ".weight": norm(H), key + ".bias": bias(H)}
    save(name, {"architectures": ["FalconForCausalLM"], "hidden_size": H, "num_hidden_layers": L, "num_attention_heads": N, "num_kv_heads": heads, "multi_query": heads == 1, "new_decoder_architecture": heads > 1,
         "parallel_attn": True, "alibi": False, "bias": False, "layer_norm_epsilon": 1e-5, "vocab_size": V, "tie_word_embeddings": False, "max_position_embeddings": C},
         {"transformer.word_embeddings.weight": ([V, H], 0, 1), "transformer.ln_f.weight": norm(H), "transformer.ln_f.bias": bias(H), "lm_head.weight": matrix(V, H)} | {f"transformer.h.{i}.{k}": v for i in range(L) for k, v in falcon.items()})
star = with_bias(attention() | norms() | {"mlp.c_fc.weight": matrix(F, H), "mlp.c_proj.weight": matrix(H, F)})
save("starcoder2", config("Starcoder2ForCausalLM", norm_epsilon=1e-5, hidden_act="gelu_pytorch_tanh", sliding_window=None), layered(star, ends() | {"model.norm.bias": bias(H)}))
save("olmo2", config("Olmo2ForCausalLM"), layered(attention() | head_norms(rows=(N * D, K * D)) | {"post_attention_layernorm.weight": norm(H), "post_feedforward_layernorm.weight": norm(H)} | gated(), ends()))
save("granite", config("GraniteForCausalLM", attention_multiplier=0.1, embedding_multiplier=12.0, residual_multiplier=0.22, logits_scaling=8.0), layered(llama, ends()))
save("smollm3", config("SmolLM3ForCausalLM", num_hidden_layers=4, tie_word_embeddings=True), layered(llama, ends(tied=True), count=4))
sinks = {"self_attn.sinks": ([N], 0, 1), "mlp.router.weight": matrix(4, H), "mlp.router.bias": bias(4), "mlp.experts.gate_up_proj": ([4, H, 64], 0, 1.5 / H ** 0.5),
         "mlp.experts.gate_up_proj_bias": ([4, 64], 0, 0.3), "mlp.experts.down_proj": ([4, 32, H], 0, 1.5 / 32 ** 0.5), "mlp.experts.down_proj_bias": ([4, H], 0, 0.3)}
save("gpt-oss", config("GptOssForCausalLM", head_dim=D, intermediate_size=32, num_local_experts=4, num_experts_per_tok=2, sliding_window=32, swiglu_limit=7.0,
     layer_types=["sliding_attention", "full_attention"]), layered(attention(biased=True, output_biased=True) | norms() | sinks, ends()))
for generation, extra in (("V2", {"topk_method": "greedy", "scoring_func": "softmax", "norm_topk_prob": False}), ("V3", {"topk_method": "noaux_tc", "scoring_func": "sigmoid", "norm_topk_prob": True, "n_group": 2, "topk_group": 1})):
    latent = {"self_attn.q_a_proj.weight": matrix(48, H), "self_attn.q_a_layernorm.weight": norm(48), "self_attn.q_b_proj.weight": matrix(N * 24, 48), "self_attn.kv_a_proj_with_mqa.weight": matrix(40, H),
              "self_attn.kv_a_layernorm.weight": norm(32), "self_attn.kv_b_proj.weight": matrix(N * 40, 32), "self_attn.o_proj.weight": matrix(H, N * 24)} | norms()
    mixed = moe | gated("mlp.shared_experts.", 64) | ({"mlp.gate.e_score_correction_bias": bias(4)} if generation == "V3" else {})
    save("deepseek-" + generation.lower(), config(f"Deepseek{generation}ForCausalLM", num_key_value_heads=N, q_lora_rank=48, kv_lora_rank=32, qk_nope_head_dim=16, qk_rope_head_dim=8, v_head_dim=24,
         first_k_dense_replace=1, n_routed_experts=4, n_shared_experts=2, num_experts_per_tok=2, moe_intermediate_size=32, routed_scaling_factor=1.5, **extra),
         layered(latent, ends()) | {f"model.layers.0.{k}": v for k, v in gated().items()} | {f"model.layers.1.{k}": v for k, v in mixed.items()})
