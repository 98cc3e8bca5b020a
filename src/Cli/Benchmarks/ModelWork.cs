using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>What a model's tokens cost, counted from its file: the bytes decoding must read and the operations prefill must do.</summary>
internal sealed record ModelWork
{
    private readonly ModelConfiguration _model;
    private readonly long _layerWeights;
    private readonly long _outputWeights;

    /// <param name="file">The model.</param>
    public ModelWork(GgufFile file)
    {
        _model = ModelConfiguration.Read(file);
        TensorNames names = _model.Architecture.Tensors;
        GgufTensor embedding = file.Tensors[$"{names.TokenEmbedding}.weight"];
        bool isTied = !file.Tensors.TryGet($"{names.Output}.weight", out GgufTensor output);
        TensorBytes = file.Tensors.Sum(tensor => tensor.ByteLength);
        Parameters = file.Tensors.Sum(tensor => tensor.ElementCount);

        // Of an embedding that is not the output too, a token reads one row; of experts, those it goes through.
        long unread = file.Tensors.Sum(tensor => tensor.ByteLength - Used(tensor, tensor.ByteLength));
        WeightBytes = (isTied ? TensorBytes : TensorBytes - embedding.ByteLength + embedding.RowBytes) - unread;
        _outputWeights = (isTied ? embedding : output).ElementCount;
        _layerWeights = file.Tensors.Where(tensor => tensor.Rank > 1).Sum(tensor => Used(tensor, tensor.ElementCount)) - embedding.ElementCount
            - (isTied ? 0 : _outputWeights);
    }

    // Tensors of three axes are matrices of experts, or of heads of latent attention.
    private long Used(GgufTensor tensor, long whole) => _model.Experts is { } experts && tensor.Rank == 3 && tensor.Name.Contains("_exps.", StringComparison.Ordinal) ? whole * experts.Used / experts.Count : whole;

    /// <summary>Bytes of all tensors.</summary>
    public long TensorBytes { get; }

    /// <summary>Elements of all tensors.</summary>
    public long Parameters { get; }

    /// <summary>Bytes of weights one token reads.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of the keys and values of one position, in all layers.</summary>
    /// <param name="cache">How they are stored.</param>
    public long CacheBytesPerPosition(CacheElement cache) => cache.ToElement().Bytes(_model.CachedPerPosition);

    /// <summary>Bytes of keys and values a token reads, its own included: the mean over tokens decoded one after the other.</summary>
    /// <param name="depth">Positions before the first token.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="cache">How they are stored.</param>
    public double CacheBytes(int depth, int tokens, CacheElement cache) =>
        Attended(depth, tokens) / tokens * CacheBytesPerPosition(cache);

    /// <summary>
    /// Bytes a step of decoding reads: the weights once, and the keys and values of each sequence. A step of a mixture reads the experts of one token at least.
    /// </summary>
    /// <param name="depth">Positions of each sequence before its first token.</param>
    /// <param name="tokens">Tokens of a sequence.</param>
    /// <param name="sequences">Sequences.</param>
    /// <param name="cache">How keys and values are stored.</param>
    public double DecodeBytes(int depth, int tokens, int sequences, CacheElement cache) => WeightBytes + (sequences * CacheBytes(depth, tokens, cache));

    /// <summary>Operations of a decoded token, in the mean: a multiply-add is two.</summary>
    public double DecodeOperations(int depth, int tokens) =>
        2.0 * (_layerWeights + _outputWeights + (2.0 * _model.Layers * _model.QueryLength * Attended(depth, tokens) / tokens));

    /// <summary>Operations of a prefill that wants the logits of its last token: a multiply-add is two.</summary>
    /// <param name="depth">Positions before the first token.</param>
    /// <param name="tokens">Number of tokens.</param>
    public double PrefillOperations(int depth, int tokens) =>
        2.0 * ((_layerWeights * (double)tokens) + _outputWeights + (2.0 * _model.Layers * _model.QueryLength * Attended(depth, tokens)));

    // Positions all tokens together attend to, in the mean of all layers.
    private double Attended(int depth, int tokens)
    {
        double cut = (double)Enumerable.Range(0, _model.Layers).Count(_model.HasWindow) / _model.Layers, positions = 0;
        for (int token = 1; token <= tokens; token++)
            positions += (cut * Math.Min(_model.SlidingWindow, depth + token)) + ((1 - cut) * (depth + token));
        return positions;
    }
}
