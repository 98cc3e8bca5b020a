using System.Globalization;
using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>
/// A drawn model of any architecture as Hugging Face's library saves it. Names, layouts and fields are written from the classes' modeling and configuration files, and not from
/// the library's table of them.
/// </summary>
internal sealed class ArchitectureFolder : IDisposable
{
    private static readonly Dictionary<string, string> s_classes = new()
    {
        ["llama"] = "LlamaForCausalLM",
        ["qwen2"] = "Qwen2ForCausalLM",
        ["qwen3"] = "Qwen3ForCausalLM",
        ["qwen2moe"] = "Qwen2MoeForCausalLM",
        ["qwen3moe"] = "Qwen3MoeForCausalLM",
        ["gemma"] = "GemmaForCausalLM",
        ["gemma2"] = "Gemma2ForCausalLM",
        ["gemma3"] = "Gemma3ForCausalLM",
        ["phi2"] = "PhiForCausalLM",
        ["phi3"] = "Phi3ForCausalLM",
        ["gpt2"] = "GPT2LMHeadModel",
        ["gptneox"] = "GPTNeoXForCausalLM",
        ["falcon"] = "FalconForCausalLM",
        ["starcoder2"] = "Starcoder2ForCausalLM",
        ["olmo2"] = "Olmo2ForCausalLM",
        ["granite"] = "GraniteForCausalLM",
        ["smollm3"] = "SmolLM3ForCausalLM",
        ["gpt-oss"] = "GptOssForCausalLM",
        ["deepseek2"] = "DeepseekV2ForCausalLM",
        ["bert"] = "BertModel",
        ["nomic-bert"] = "NomicBertModel",
    };

    private static readonly Dictionary<string, string> s_names = new()
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["attn_norm"] = "input_layernorm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["post_attention_norm"] = "post_attention_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_qkv"] = "self_attn.qkv_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.{0}.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.{0}.up_proj",
        ["ffn_down_exps"] = "mlp.experts.{0}.down_proj",
        ["ffn_gate_shexp"] = "mlp.shared_expert.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_expert.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_expert.down_proj",
        ["ffn_gate_inp_shexp"] = "mlp.shared_expert_gate",
    };

    private static readonly Dictionary<string, Dictionary<string, string>> s_otherNames = new()
    {
        ["gemma2"] = new() { ["ffn_norm"] = "pre_feedforward_layernorm" },
        ["gemma3"] = new() { ["ffn_norm"] = "pre_feedforward_layernorm" },
        ["phi2"] = new() { ["output_norm"] = "model.final_layernorm", ["attn_output"] = "self_attn.dense", ["ffn_up"] = "mlp.fc1", ["ffn_down"] = "mlp.fc2" },
        ["phi3"] = new() { ["ffn_up"] = "mlp.gate_up_proj" },
        ["starcoder2"] = new() { ["ffn_up"] = "mlp.c_fc", ["ffn_down"] = "mlp.c_proj" },
        ["gpt2"] = new()
        {
            ["token_embd"] = "transformer.wte", ["position_embd"] = "transformer.wpe", ["output_norm"] = "transformer.ln_f", ["attn_norm"] = "ln_1", ["ffn_norm"] = "ln_2",
            ["attn_qkv"] = "attn.c_attn", ["attn_output"] = "attn.c_proj", ["ffn_up"] = "mlp.c_fc", ["ffn_down"] = "mlp.c_proj",
        },
        ["gpt-oss"] = new() { ["attn_sinks"] = "self_attn.sinks", ["ffn_gate_inp"] = "mlp.router" },
        ["deepseek2"] = new()
        {
            ["attn_q_a"] = "self_attn.q_a_proj", ["attn_q_a_norm"] = "self_attn.q_a_layernorm", ["attn_q_b"] = "self_attn.q_b_proj",
            ["exp_probs_b"] = "mlp.gate.e_score_correction_bias", ["attn_kv_a_mqa"] = "self_attn.kv_a_proj_with_mqa", ["attn_kv_a_norm"] = "self_attn.kv_a_layernorm",
            ["ffn_gate_shexp"] = "mlp.shared_experts.gate_proj", ["ffn_up_shexp"] = "mlp.shared_experts.up_proj", ["ffn_down_shexp"] = "mlp.shared_experts.down_proj",
        },
        ["bert"] = new()
        {
            ["token_embd"] = "embeddings.word_embeddings", ["position_embd"] = "embeddings.position_embeddings", ["token_types"] = "embeddings.token_type_embeddings",
            ["token_embd_norm"] = "embeddings.LayerNorm", ["attn_q"] = "attention.self.query", ["attn_k"] = "attention.self.key", ["attn_v"] = "attention.self.value",
            ["attn_output"] = "attention.output.dense", ["attn_output_norm"] = "attention.output.LayerNorm", ["ffn_up"] = "intermediate.dense",
            ["ffn_down"] = "output.dense", ["layer_output_norm"] = "output.LayerNorm",
        },
        ["nomic-bert"] = new()
        {
            ["token_embd"] = "embeddings.word_embeddings", ["token_types"] = "embeddings.token_type_embeddings", ["token_embd_norm"] = "emb_ln",
            ["attn_qkv"] = "attn.Wqkv", ["attn_output"] = "attn.out_proj", ["attn_output_norm"] = "norm1", ["layer_output_norm"] = "norm2",
            ["ffn_up"] = "mlp.fc11", ["ffn_gate"] = "mlp.fc12", ["ffn_down"] = "mlp.fc2",
        },
        ["gptneox"] = new()
        {
            ["token_embd"] = "gpt_neox.embed_in", ["output_norm"] = "gpt_neox.final_layer_norm", ["output"] = "embed_out", ["attn_qkv"] = "attention.query_key_value",
            ["attn_output"] = "attention.dense", ["ffn_up"] = "mlp.dense_h_to_4h", ["ffn_down"] = "mlp.dense_4h_to_h",
        },
        ["falcon"] = new()
        {
            ["token_embd"] = "transformer.word_embeddings", ["output_norm"] = "transformer.ln_f", ["attn_qkv"] = "self_attention.query_key_value",
            ["attn_output"] = "self_attention.dense", ["ffn_up"] = "mlp.dense_h_to_4h", ["ffn_down"] = "mlp.dense_4h_to_h",
        },
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Definition _d;
    private readonly SafetensorsBuilder _tensors = new();

    private readonly DrawnModel _drawn;
    private readonly MatrixForm _form;

    /// <param name="definition">What it is.</param>
    /// <param name="drawn">Its numbers. In forms that round them, they are what they were rounded to afterwards.</param>
    /// <param name="form">How matrices are stored, where the architecture's folders have a form of their own.</param>
    public ArchitectureFolder(Definition definition, DrawnModel drawn, MatrixForm form = MatrixForm.Floats)
    {
        (_d, _drawn, _form) = (definition, drawn, form);
        if (form == MatrixForm.Eights)
            ScaledEights.Round(drawn);
        foreach (var (name, (values, dimensions)) in drawn.Tensors)
        {
            if (!definition.Extra.ContainsKey(name))
                Add(name, values, [.. dimensions.Reverse()]);
        }

        File.WriteAllBytes(_folder.File("model.safetensors"), _tensors.Build());
        File.WriteAllText(_folder.File("config.json"), $"{{{string.Join(", ", Config().Select(entry => $"\"{entry.Key}\": {entry.Value}"))}}}");
        using FileStream stream = File.Create(_folder.File("tokenizer.json"));
        TokenizerJsonWriter.Write(BpeTrainer.Train(["the quick brown fox"], new BpeTrainingOptions { VocabularySize = 260 }), stream);
    }

    public string Path => _folder.Path;

    public static bool Has(Definition definition) => s_classes.ContainsKey(definition.Name) && !definition.Extra.ContainsKey("rope_freqs.weight");

    public void Dispose() => _folder.Dispose();

    private void Add(string name, float[] values, long[] shape)
    {
        string[] parts = name.Split('.');
        string stem = parts[^2], ending = parts[^1], prefix = parts[0] != "blk" ? "" : _d.Name switch
        {
            "gpt2" or "falcon" => $"transformer.h.{parts[1]}.",
            "gptneox" => $"gpt_neox.layers.{parts[1]}.",
            "bert" => $"encoder.layer.{parts[1]}.",
            "nomic-bert" => $"encoder.layers.{parts[1]}.",
            _ => $"model.layers.{parts[1]}.",
        };
        if (_d.Name == "gpt-oss" && stem is "ffn_gate_exps" or "ffn_up_exps" or "ffn_down_exps" || stem is "attn_k_b" or "attn_v_b")
        {
            foreach (FolderTensor tensor in JoinedTensors.Of(_drawn, _d, name, _form))
                Write(prefix + tensor.Name, tensor.Values, tensor.Shape, tensor.Bytes);
            return;
        }

        string known = Name(stem);
        if (stem is "attn_sinks" or "exp_probs_b")
        {
            Write(prefix + known, values, shape);
            return;
        }

        if (_d.Name.StartsWith("gemma", StringComparison.Ordinal) && stem.EndsWith("norm", StringComparison.Ordinal))
            values = [.. values.Select(x => x - 1)];
        if (_d.Name is "llama" or "granite" or "smollm3" && stem is "attn_q" or "attn_k")
            values = HalvesApart(values, shape, stem == "attn_q" ? _d.Heads : _d.KvHeads);
        if (stem == "attn_qkv" && _d.Name is "gptneox" or "falcon")
            values = Grouped(values, shape);
        if (_d.Name == "gpt2" && shape.Length == 2 && stem is "attn_qkv" or "attn_output" or "ffn_up" or "ffn_down")
        {
            values = Transposed(values, shape);
            shape = [shape[1], shape[0]];
        }

        if (stem == "attn_qkv" && _d.Name == "phi2")
            AddParts(prefix, ending, values, shape);
        else if (shape.Length == 3)
            AddExperts(prefix + known, ending, values, shape);
        else
            Write($"{prefix}{known}.{ending}", values, stem == "ffn_gate_inp_shexp" ? [1, shape[0]] : shape);
    }

    private string Name(string stem)
    {
        if (_d.Name == "llama" && _d.Experts is not null && stem.StartsWith("ffn_", StringComparison.Ordinal))
        {
            return stem switch
            {
                "ffn_gate_inp" => "block_sparse_moe.gate",
                "ffn_gate_exps" => "block_sparse_moe.experts.{0}.w1",
                "ffn_up_exps" => "block_sparse_moe.experts.{0}.w3",
                "ffn_down_exps" => "block_sparse_moe.experts.{0}.w2",
                _ => s_names[stem],
            };
        }

        // Falcon 40B has a norm for each of the two branches.
        if (_d.Name == "falcon" && _d.NormBeforeAttention == "attn_norm_2" && stem is "attn_norm" or "attn_norm_2")
            return stem == "attn_norm" ? "ln_mlp" : "ln_attn";
        return s_otherNames.GetValueOrDefault(_d.Name)?.GetValueOrDefault(stem) ?? s_names[stem];
    }

    // [heads, pairs, 2, ...] becomes [heads, 2, pairs, ...].
    private static float[] HalvesApart(float[] values, long[] shape, int heads)
    {
        int columns = shape.Length == 2 ? (int)shape[1] : 1, pairs = (int)shape[0] / heads / 2;
        var moved = new float[values.Length];
        for (int head = 0; head < heads; head++)
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                for (int side = 0; side < 2; side++)
                    values.AsSpan(((((head * pairs) + pair) * 2) + side) * columns, columns).CopyTo(moved.AsSpan(((((head * 2) + side) * pairs) + pair) * columns));
            }
        }

        return moved;
    }

    private float[] Grouped(float[] values, long[] shape)
    {
        int size = (shape.Length == 2 ? (int)shape[1] : 1) * _d.HeadDim, queries = _d.Heads / _d.KvHeads;
        return [.. Enumerable.Range(0, _d.KvHeads).SelectMany(group => Enumerable.Range(group * queries, queries).Append(_d.Heads + group).Append(_d.Heads + _d.KvHeads + group))
            .SelectMany(head => values[(head * size)..((head + 1) * size)])];
    }

    private static float[] Transposed(float[] values, long[] shape) =>
        [.. Enumerable.Range(0, (int)shape[1]).SelectMany(column => Enumerable.Range(0, (int)shape[0]).Select(row => values[(row * (int)shape[1]) + column]))];

    private void AddParts(string prefix, string ending, float[] values, long[] shape)
    {
        int size = values.Length / 3;
        for (int i = 0; i < 3; i++)
            Write($"{prefix}self_attn.{"qkv"[i]}_proj.{ending}", values[(i * size)..((i + 1) * size)], [shape[0] / 3, .. shape[1..]]);
    }

    private void AddExperts(string pattern, string ending, float[] values, long[] shape)
    {
        int size = values.Length / (int)shape[0];
        for (int i = 0; i < shape[0]; i++)
            Write($"{string.Format(CultureInfo.InvariantCulture, pattern, i)}.{ending}", values[(i * size)..((i + 1) * size)], shape[1..]);
    }

    private void Write(string name, float[] values, long[] shape, byte[]? bytes = null)
    {
        if (bytes is not null)
        {
            _tensors.Add(name, "U8", shape, bytes);
        }
        else if (_form == MatrixForm.Eights && ScaledEights.Has(name, shape))
        {
            var (codes, scales) = ScaledEights.Encode(values, shape);
            _tensors.Add(name, "F8_E4M3", shape, codes);
            _tensors.Add(name + "_scale_inv", "F32", ScaledEights.ScaleShape(shape), MemoryMarshal.AsBytes<float>(scales).ToArray());
        }
        else
        {
            _tensors.Add(name, "F32", shape, MemoryMarshal.AsBytes<float>(values).ToArray());
        }
    }

    private Dictionary<string, string> Config()
    {
        var fields = new Dictionary<string, string>
        {
            ["architectures"] = $"[\"{(_d.Name == "llama" && _d.Experts is not null ? "MixtralForCausalLM" : _d.Experts?.SelectionBias == true ? "DeepseekV3ForCausalLM" : s_classes[_d.Name])}\"]",
            ["tie_word_embeddings"] = Json(_d.Tied),
        };
        if (_form == MatrixForm.Eights)
            fields["quantization_config"] = $"{{\"quant_method\": \"fp8\", \"weight_block_size\": [{ScaledEights.BlockRows}, {ScaledEights.BlockColumns}]}}";
        if (_d.Name == "nomic-bert")
        {
            (fields["n_embd"], fields["n_layer"], fields["n_head"], fields["n_positions"], fields["n_inner"]) = (Json(_d.Embedding), Json(_d.Layers), Json(_d.Heads), Json(_d.Context), Json(_d.FeedForward));
            (fields["layer_norm_epsilon"], fields["activation_function"], fields["rotary_emb_base"], fields["type_vocab_size"]) = (Json(_d.Epsilon), "\"swiglu\"", Json(_d.RopeBase), "2");
            return fields;
        }

        if (_d.Name == "gpt2")
        {
            (fields["n_embd"], fields["n_layer"], fields["n_head"], fields["n_positions"], fields["n_inner"]) = (Json(_d.Embedding), Json(_d.Layers), Json(_d.Heads), Json(_d.Context), Json(_d.FeedForward));
            (fields["layer_norm_epsilon"], fields["activation_function"]) = (Json(_d.Epsilon), "\"gelu_new\"");
            return fields;
        }

        (fields["hidden_size"], fields["intermediate_size"], fields["num_hidden_layers"]) = (Json(_d.Embedding), Json(_d.FeedForward), Json(_d.Layers));
        (fields["num_attention_heads"], fields["num_key_value_heads"], fields["max_position_embeddings"]) = (Json(_d.Heads), Json(_d.KvHeads), Json(_d.Context));
        fields[_d.Name switch { "falcon" => "layer_norm_epsilon", "starcoder2" => "norm_epsilon", _ when _d.LayerNorm => "layer_norm_eps", _ => "rms_norm_eps" }] = Json(_d.Epsilon);
        fields[_d.Name == "gptneox" ? "rotary_emb_base" : "rope_theta"] = Json(_d.RopeBase);
        if (_d.HeadDim * _d.Heads != _d.Embedding)
            fields["head_dim"] = Json(_d.HeadDim);
        if (_d.RotaryDims != _d.HeadDim)
            fields[_d.Name == "gptneox" ? "rotary_pct" : "partial_rotary_factor"] = Json((double)_d.RotaryDims / _d.HeadDim);
        if (_d.Name == "falcon")
            (fields["multi_query"], fields["num_kv_heads"], fields["new_decoder_architecture"]) = (Json(_d.KvHeads == 1), Json(_d.KvHeads), Json(_d.KvHeads > 1));
        if (_d.Name == "bert")
            (fields["type_vocab_size"], fields["hidden_act"]) = ("2", "\"gelu\"");
        if (_d.Latent is { } latent)
        {
            fields.Remove("head_dim");
            fields.Remove("partial_rotary_factor");
            (fields["num_key_value_heads"], fields["q_lora_rank"], fields["kv_lora_rank"]) = (Json(_d.Heads), latent.QueryRank > 0 ? Json(latent.QueryRank) : "null", Json(latent.Rank));
            (fields["qk_nope_head_dim"], fields["qk_rope_head_dim"], fields["v_head_dim"]) = (Json(latent.Plain), Json(latent.Turned), Json(latent.Value));
            (fields["first_k_dense_replace"], fields["n_shared_experts"], fields["n_routed_experts"]) = (Json(_d.Experts!.Dense), Json(_d.Experts.SharedLength / _d.Experts.Length), Json(_d.Experts.Count));
            (fields["routed_scaling_factor"], fields["norm_topk_prob"], fields["scoring_func"]) = (Json(_d.Experts.Scale), Json(_d.Experts.Normalizes), _d.Experts.Sigmoid ? "\"sigmoid\"" : "\"softmax\"");
            (fields["n_group"], fields["topk_group"]) = (Json(_d.Experts.Groups), Json(_d.Experts.UsedGroups));
            fields["topk_method"] = _d.Experts.SelectionBias ? "\"noaux_tc\"" : _d.Experts.Groups > 1 ? "\"group_limited_greedy\"" : "\"greedy\"";
        }

        if (_d.Experts is { } experts)
        {
            if (_d.Name == "gpt-oss")
            {
                (fields["intermediate_size"], fields["num_local_experts"], fields["swiglu_limit"]) = (Json(experts.Length), Json(experts.Count), "7.0");
                fields["layer_types"] = $"[{string.Join(", ", Enumerable.Range(0, _d.Layers).Select(i => i % 2 == 0 ? "\"sliding_attention\"" : "\"full_attention\""))}]";
            }

            fields[_d.Name == "llama" ? "num_local_experts" : "num_experts"] = Json(experts.Count);
            fields["num_experts_per_tok"] = Json(experts.Used);
            if (_d.Name is not ("llama" or "gpt-oss"))
                fields["moe_intermediate_size"] = Json(experts.Length);
            if (experts.SharedLength > 0)
                fields["shared_expert_intermediate_size"] = Json(experts.SharedLength);
        }

        foreach (var (key, field) in new Dictionary<string, string>
        {
            ["attention.sliding_window"] = "sliding_window",
            ["attn_logit_softcapping"] = "attn_logit_softcapping",
            ["final_logit_softcapping"] = "final_logit_softcapping",
            ["use_parallel_residual"] = "use_parallel_residual",
            ["embedding_scale"] = "embedding_multiplier",
            ["residual_scale"] = "residual_multiplier",
            ["logit_scale"] = "logits_scaling",
            ["attention.scale"] = "attention_multiplier",
        })
        {
            if (_d.Metadata.TryGetValue(key, out object? value))
                fields[field] = Json(value!);
        }

        AddScaling(fields);
        return fields;
    }

    private void AddScaling(Dictionary<string, string> fields)
    {
        object? Entry(string key) => _d.Metadata.GetValueOrDefault("rope.scaling." + key);
        if (_d.Extra.TryGetValue("rope_factors_long.weight", out float[]? longer))
        {
            fields["original_max_position_embeddings"] = Json(Entry("original_context_length")!);
            fields["rope_scaling"] = $"{{\"type\": \"longrope\", \"long_factor\": {Json(longer)}, \"short_factor\": {Json(_d.Extra["rope_factors_short.weight"])}, \"attention_factor\": {Json(Entry("attn_factor")!)}}}";
        }
        else if (Entry("type") is "linear")
        {
            fields["rope_scaling"] = $"{{\"rope_type\": \"linear\", \"factor\": {Json(Entry("factor")!)}}}";
        }
        else if (Entry("type") is "yarn")
        {
            string beta = Entry("yarn_beta_fast") is { } fast ? $", \"beta_fast\": {Json(fast)}" : "", magnitude = _d.Latent is null ? "" : ", \"mscale\": 1.0, \"mscale_all_dim\": 1.0";
            string truncates = _d.Name == "gpt-oss" ? ", \"truncate\": false" : "";
            fields["rope_scaling"] = $"{{\"rope_type\": \"yarn\", \"factor\": {Json(Entry("factor")!)}, \"original_max_position_embeddings\": {Json(Entry("original_context_length")!)}{beta}{magnitude}{truncates}}}";
        }
    }

    private static string Json(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        float[] list => $"[{string.Join(", ", list.Select(x => x.ToString("R", CultureInfo.InvariantCulture)))}]",
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException("Not a value of a configuration.", nameof(value)),
    };
}
