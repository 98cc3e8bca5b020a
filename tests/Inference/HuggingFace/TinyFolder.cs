using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>A drawn model of the llama family as Hugging Face's library saves it: rotary pairs half a head apart.</summary>
internal sealed class TinyFolder : IDisposable
{
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["attn_norm"] = "input_layernorm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    private readonly TemporaryFolder _folder = new();

    public TinyFolder(GgmlType type = GgmlType.F32, int shards = 1, bool tied = false)
    {
        // Written out as it is, this architecture is llama's as its makers' code has it.
        Model = new TinyModel(ModelArchitectures.Llama with { Rotary = RotaryKind.HalfSplit }) { Type = type, Tied = tied };
        (string Name, TensorData Data)[] tensors = [.. Model.Tensors.Select(entry => (Name(entry.Key), entry.Value))];
        if (shards == 1)
            File.WriteAllBytes(_folder.File("model.safetensors"), Safetensors(tensors));
        else
            WriteShards(tensors, shards);
        Config("model_type", "\"llama\"");
        Tokenizer = BpeTrainer.Train(["the quick brown fox"], new BpeTrainingOptions { VocabularySize = 262, SpecialTokens = ["<s>", "</s>"], BosToken = "<s>", EosToken = "</s>", PreTokenizer = "llama3" });
        using (FileStream stream = File.Create(_folder.File("tokenizer.json")))
            TokenizerJsonWriter.Write(Tokenizer, stream);
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{ bos_token }}{{ messages[0].content }}"}""");
    }

    public TinyModel Model { get; }

    public Tokenizer Tokenizer { get; }

    public string Path => _folder.Path;

    public string FilePath(string name) => _folder.File(name);

    /// <summary>Writes config.json with a field set.</summary>
    public void Config(string field, string json)
    {
        var fields = new Dictionary<string, string>
        {
            ["architectures"] = "[\"LlamaForCausalLM\"]",
            ["hidden_act"] = "\"silu\"",
            ["hidden_size"] = $"{Model.Embedding}",
            ["intermediate_size"] = $"{Model.FeedForward}",
            ["max_position_embeddings"] = $"{Model.Context}",
            ["num_attention_heads"] = $"{Model.Heads}",
            ["num_hidden_layers"] = $"{Model.Layers}",
            ["num_key_value_heads"] = $"{Model.KeyValueHeads}",
            ["rms_norm_eps"] = "1e-05",
            ["rope_scaling"] = "null",
            ["rope_theta"] = "100.0",
            ["tie_word_embeddings"] = Model.Tied ? "true" : "false",
            ["vocab_size"] = $"{Model.Vocabulary.Tokens.Count}",
            [field] = json,
        };
        File.WriteAllText(_folder.File("config.json"), $"{{{string.Join(", ", fields.Select(entry => $"\"{entry.Key}\": {entry.Value}"))}}}");
    }

    public static byte[] Safetensors(IEnumerable<(string Name, TensorData Data)> tensors)
    {
        var builder = new SafetensorsBuilder();
        foreach (var (name, data) in tensors)
            builder.Add(name, data.Type.ToString(), [.. data.Dimensions.Reverse().Select(extent => (long)extent)], data.Bytes);
        return builder.Build();
    }

    public void Dispose() => _folder.Dispose();

    private void WriteShards((string Name, TensorData Data)[] tensors, int shards)
    {
        var map = new StringBuilder();
        for (int shard = 0; shard < shards; shard++)
        {
            string file = $"model-{shard + 1:D5}-of-{shards:D5}.safetensors";
            (string Name, TensorData Data)[] mine = [.. tensors.Where((_, i) => i % shards == shard)];
            File.WriteAllBytes(_folder.File(file), Safetensors(mine));
            map.AppendJoin("", mine.Select(tensor => $",\"{tensor.Name}\":\"{file}\""));
        }

        File.WriteAllText(_folder.File("model.safetensors.index.json"), $"{{\"metadata\":{{\"total_size\":1}},\"weight_map\":{{{map.ToString()[1..]}}}}}");
    }

    // blk.3.attn_q.weight is model.layers.3.self_attn.q_proj.weight.
    public static string Name(string gguf)
    {
        string[] parts = gguf.Split('.');
        return parts[0] == "blk" ? $"model.layers.{parts[1]}.{s_names[parts[2]]}.{parts[3]}" : $"{s_names[parts[0]]}.{parts[1]}";
    }
}
