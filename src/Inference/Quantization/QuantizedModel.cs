using System.Globalization;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>What recipes must know of a model: its layers and heads, and what its tensors are for.</summary>
internal sealed class QuantizedModel
{
    private const string Embedding = "token_embd.weight", OutputMatrix = "output.weight";

    private static readonly (string Part, TensorRole Role)[] s_roles =
    [
        ("attn_v.weight", TensorRole.AttentionValue),
        ("attn_qkv.weight", TensorRole.AttentionFused),
        ("attn_output.weight", TensorRole.AttentionOutput),
        ("ffn_down", TensorRole.FeedForwardDown),
    ];

    private readonly int _layers;
    private readonly int _headsPerKey;
    private readonly bool _isTied;
    private readonly bool _hasImportance;

    public QuantizedModel(GgufFile file, bool hasImportance)
    {
        string architecture = file.Metadata.GetString("general.architecture");
        _layers = (int)Math.Min(file.Metadata.GetUInt32(architecture + ".block_count"), int.MaxValue);
        _isTied = !file.Tensors.TryGet(OutputMatrix, out _);
        _hasImportance = hasImportance;

        // Some architectures list heads layer by layer; the recipes go by one number.
        uint heads = Heads(file, architecture + ".attention.head_count", 1);
        _headsPerKey = (int)(heads / Math.Max(1, Heads(file, architecture + ".attention.head_count_kv", heads)));
    }

    public TensorPlace PlaceOf(string name) => new(RoleOf(name), LayerOf(name), _layers, _headsPerKey, _hasImportance);

    private static uint Heads(GgufFile file, string key, uint otherwise) =>
        file.Metadata.TryGetValue(key, out GgufValue value) && !value.IsArray ? file.Metadata.GetUInt32(key) : otherwise;

    private TensorRole RoleOf(string name)
    {
        if (name == OutputMatrix || (name == Embedding && _isTied))
            return TensorRole.Output;
        return name == Embedding
            ? TensorRole.TokenEmbedding
            : s_roles.FirstOrDefault(role => name.Contains(role.Part, StringComparison.Ordinal)).Role;
    }

    private static int LayerOf(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["blk", var number, _, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? layer
            : 0;
    }
}
