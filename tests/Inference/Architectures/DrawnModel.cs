using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Tokenizers;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>A model of a definition with drawn weights: its tensors under the names they have in GGUF files, and the file.</summary>
internal sealed class DrawnModel
{
    private readonly Definition _d;
    private readonly Random _random;
    private readonly Dictionary<string, (GgmlType Type, byte[] Bytes)> _quantized = [];
    private readonly TestVocabulary _vocabulary = new TestVocabulary().Pieces("▁", "a", "b", "c", "e").With("tokenizer.ggml.bos_token_id", 1u);

    /// <param name="definition">What it is.</param>
    /// <param name="type">Storage type of the matrices whose rows are whole blocks, but for the router's.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="only">What must be in the name of such a matrix.</param>
    public DrawnModel(Definition definition, GgmlType type = GgmlType.F32, int seed = 5, string only = "")
    {
        _d = definition;
        _random = new Random(seed);
        Draw();
        if (type != GgmlType.F32)
            Quantize(TensorCodecs.Of(type), only);
    }

    /// <summary>The blocks of a quantized matrix.</summary>
    public byte[] Blocks(string name) => _quantized[name].Bytes;

    /// <summary>Whether activations are rounded to eight bits before they meet quantized matrices, in groups of 32.</summary>
    public bool RoundsActivations { get; init; }

    /// <summary>Number of tokens.</summary>
    public int Vocabulary => _vocabulary.Tokens.Count;

    /// <summary>Values by name, and the length of a row.</summary>
    public Dictionary<string, (float[] Values, long[] Dimensions)> Tensors { get; } = [];

    /// <summary>Numbers of a tensor.</summary>
    public double[] this[string name] => [.. Tensors[name].Values.Select(x => (double)x)];

    /// <summary>Rows of a tensor times a vector, with their biases where there are any.</summary>
    public double[] Product(double[] x, string name, int first, int rows)
    {
        float[] w = Tensors[name + ".weight"].Values;
        double[] y = Has(name + ".bias") ? this[name + ".bias"][first..(first + rows)] : new double[rows];
        if (RoundsActivations && _quantized.ContainsKey(name + ".weight"))
            x = [.. x.Chunk(32).SelectMany(Rounded)];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < x.Length; c++)
                y[r] += w[((first + r) * x.Length) + c] * x[c];
        }

        return y;
    }

    /// <summary>All rows of a tensor times a vector.</summary>
    public double[] Product(double[] x, string name) => Product(x, name, 0, Tensors[name + ".weight"].Values.Length / x.Length);

    public bool Has(string name) => Tensors.ContainsKey(name);

    /// <summary>The GGUF file.</summary>
    public byte[] Build()
    {
        var entries = new Dictionary<string, object?>
        {
            ["block_count"] = (uint)_d.Layers,
            ["context_length"] = (uint)_d.Context,
            ["embedding_length"] = (uint)_d.Embedding,
            ["feed_forward_length"] = (uint)_d.FeedForward,
            ["attention.head_count"] = (uint)_d.Heads,
            ["attention.head_count_kv"] = (uint)_d.KvHeads,
            ["attention.key_length"] = _d.HeadDim * _d.Heads == _d.Embedding ? null : (uint)_d.HeadDim,
            ["attention.value_length"] = _d.HeadDim * _d.Heads == _d.Embedding ? null : (uint)_d.HeadDim,
            [_d.LayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"] = (float)_d.Epsilon,
            ["rope.dimension_count"] = _d.RotaryDims == 0 ? null : (uint)_d.RotaryDims,
            ["rope.freq_base"] = _d.RotaryDims == 0 ? null : (float)_d.RopeBase,
        };
        foreach ((string key, object? value) in _d.Metadata.Concat(_d.Experts?.Metadata ?? []).Concat(_d.IsOlder ? OlderTensors.Metadata(_d) : []))
            entries[key] = value;
        if (_d.Encoder)
            _vocabulary.With("tokenizer.ggml.token_type_count", 2u);
        Formats.GgufBuilder builder = _vocabulary.ToGguf();
        builder.Add("general.architecture", _d.Name);
        foreach ((string key, object? value) in entries)
        {
            if (value is not null)
                builder.Add($"{_d.Name}.{key}", value);
        }

        foreach ((string name, (float[] values, long[] dimensions)) in _d.IsOlder ? OlderTensors.Of(_d, Tensors) : Tensors)
        {
            (GgmlType type, byte[] bytes) = _quantized.TryGetValue(name, out var quantized) ? quantized : (GgmlType.F32, MemoryMarshal.AsBytes<float>(values).ToArray());
            builder.AddTensor(name, type, [.. dimensions.Select(n => (ulong)n)], bytes);
        }

        return builder.Build();
    }

    private void Quantize(TensorCodec codec, string only)
    {
        string[] names = [.. Tensors.Where(t => t.Value.Dimensions.Length > 1 && codec.Fits(t.Value.Dimensions[0]) && t.Key.EndsWith(".weight", StringComparison.Ordinal)).Select(t => t.Key)];
        foreach (string name in names.Where(name => !name.Contains("gate_inp", StringComparison.Ordinal) && name != "token_types.weight" && name.Contains(only, StringComparison.Ordinal)))
        {
            (float[] values, long[] dimensions) = Tensors[name];
            var bytes = new byte[codec.RowBytes(values.Length)];
            codec.Encode(values, [], bytes);
            var read = new float[values.Length];
            codec.Decode(bytes, read);
            Tensors[name] = (read, dimensions);
            _quantized[name] = (codec.Type, bytes);
        }
    }

    private static IEnumerable<double> Rounded(double[] group)
    {
        double step = group.Max(Math.Abs) / 127;
        return group.Select(e => step == 0 ? 0 : Math.Round(e / step) * step);
    }

    private void Draw()
    {
        int q = _d.Heads * _d.HeadDim, kv = _d.KvHeads * _d.HeadDim;
        Matrix("token_embd", Vocabulary, _d.Embedding, Math.Sqrt(_d.Embedding) / _d.EmbeddingScale);
        if (_d.PositionEmbedding)
            Matrix("position_embd", _d.Context, _d.Embedding, Math.Sqrt(_d.Embedding));
        for (int i = 0; i < _d.Layers; i++)
        {
            string layer = $"blk.{i}.";
            foreach (string? norm in new[] { _d.NormBeforeAttention, _d.NormBeforeFeedForward, _d.NormOfAttention, _d.NormOfFeedForward, _d.NormAfterAttention, _d.NormAfterFeedForward }.Distinct())
            {
                if (norm is not null)
                    Norm(layer + norm, _d.Embedding);
            }

            if (_d.HeadNorms || _d.WholeNorms)
            {
                Norm(layer + "attn_q_norm", _d.HeadNorms ? _d.HeadDim : q);
                Norm(layer + "attn_k_norm", _d.HeadNorms ? _d.HeadDim : kv);
            }

            if (_d.Latent is { } latent)
                Latent(latent, layer);
            else if (_d.JoinedQueryKeyValue)
                Matrix(layer + "attn_qkv", q + (2 * kv), _d.Embedding, 1.5);
            else
                (_, _, _) = (Matrix(layer + "attn_q", q, _d.Embedding, 2), Matrix(layer + "attn_k", kv, _d.Embedding, 2), Matrix(layer + "attn_v", kv, _d.Embedding, 1));
            Matrix(layer + "attn_output", _d.Embedding, _d.Latent is { } value ? _d.Heads * value.Value : q, 1 / _d.ResidualScale);
            if (_d.Sinks)
                Vector(layer + "attn_sinks.weight", _d.Heads, () => Normal());
            if (_d.Experts is { } mixture && i >= mixture.Dense)
                Experts(mixture, layer);
            else
                FeedForward(layer);
            foreach (string biased in _d.Biases)
                Vector(layer + biased + ".bias", (int)(Tensors[layer + biased + ".weight"].Dimensions[1]), () => Normal() / 4);
        }

        if (_d.Encoder)
        {
            Matrix("token_types", 2, _d.Embedding, Math.Sqrt(_d.Embedding));
            Norm("token_embd_norm", _d.Embedding);
            return;
        }

        Norm("output_norm", _d.Embedding);
        if (!_d.Tied)
            Matrix("output", Vocabulary, _d.Embedding, 1);
        if (_d.OutputBias)
            Vector("output.bias", Vocabulary, () => Normal() / 4);
        foreach ((string name, float[] values) in _d.Extra)
            Tensors[name] = (values, [values.Length]);
    }

    private void Latent(Latent l, string layer)
    {
        int rows = _d.Heads * (l.Plain + l.Turned);
        if (l.QueryRank > 0)
        {
            Matrix(layer + "attn_q_a", l.QueryRank, _d.Embedding, 1);
            Norm(layer + "attn_q_a_norm", l.QueryRank);
        }

        Matrix(layer + (l.QueryRank > 0 ? "attn_q_b" : "attn_q"), rows, l.QueryRank > 0 ? l.QueryRank : _d.Embedding, 2);
        Matrix(layer + "attn_kv_a_mqa", l.Rank + l.Turned, _d.Embedding, 1.5);
        Norm(layer + "attn_kv_a_norm", l.Rank);
        Matrices(layer + "attn_k_b", _d.Heads, l.Rank, l.Plain, 1);
        Matrices(layer + "attn_v_b", _d.Heads, l.Value, l.Rank, 1);
    }

    private void FeedForward(string layer)
    {
        if (_d.Gated && !_d.JoinedGateUp)
            Matrix(layer + "ffn_gate", _d.FeedForward, _d.Embedding, 2);
        Matrix(layer + "ffn_up", _d.JoinedGateUp ? 2 * _d.FeedForward : _d.FeedForward, _d.Embedding, 1.5);
        Matrix(layer + "ffn_down", _d.Embedding, _d.FeedForward, 1 / _d.ResidualScale);
    }

    private void Experts(Mixture mixture, string layer)
    {
        Matrix(layer + "ffn_gate_inp", mixture.Count, _d.Embedding, 2);
        Matrices(layer + "ffn_gate_exps", mixture.Count, mixture.Length, _d.Embedding, 2);
        Matrices(layer + "ffn_up_exps", mixture.Count, mixture.Length, _d.Embedding, 1.5);
        Matrices(layer + "ffn_down_exps", mixture.Count, _d.Embedding, mixture.Length, 1.5);
        if (mixture.SelectionBias)
            Vector(layer + "exp_probs_b.bias", mixture.Count, () => Normal() / 2);
        if (mixture.GatesShared)
            Vector(layer + "ffn_gate_inp_shexp.weight", _d.Embedding, () => Normal() / 4);
        if (mixture.SharedLength > 0)
        {
            Matrix(layer + "ffn_gate_shexp", mixture.SharedLength, _d.Embedding, 2);
            Matrix(layer + "ffn_up_shexp", mixture.SharedLength, _d.Embedding, 1.5);
            Matrix(layer + "ffn_down_shexp", _d.Embedding, mixture.SharedLength, 1.5);
        }

        if (!mixture.Biases)
            return;
        Vector(layer + "ffn_gate_inp.bias", mixture.Count, () => Normal() / 4);
        foreach ((string name, int rows) in new[] { ("ffn_gate_exps", mixture.Length), ("ffn_up_exps", mixture.Length), ("ffn_down_exps", _d.Embedding) })
        {
            Vector(layer + name + ".bias", rows * mixture.Count, () => Normal() / 2);
            Tensors[layer + name + ".bias"] = (Tensors[layer + name + ".bias"].Values, [rows, mixture.Count]);
        }
    }

    private void Matrices(string name, int count, int rows, int columns, double size)
    {
        Matrix(name, count * rows, columns, size);
        Tensors[name + ".weight"] = (Tensors[name + ".weight"].Values, [columns, rows, count]);
    }

    private bool Matrix(string name, int rows, int columns, double size)
    {
        Tensors[name + ".weight"] = ([.. Enumerable.Range(0, rows * columns).Select(_ => (float)(Normal() * size / Math.Sqrt(columns)))], [columns, rows]);
        return true;
    }

    private void Norm(string name, int length)
    {
        Vector(name + ".weight", length, () => 1 + (Normal() / 4));
        if (_d.LayerNorm)
            Vector(name + ".bias", length, () => Normal() / 4);
    }

    private void Vector(string name, int length, Func<double> draw) => Tensors[name] = ([.. Enumerable.Range(0, length).Select(_ => (float)draw())], [length]);

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
