namespace KernelFoundry.Inference.Models;

/// <summary>Takes the tensors of one layer that an architecture says there are.</summary>
internal readonly struct LayerLoader(WeightLoader loader, ModelConfiguration model, int layer)
{
    private readonly ModelArchitecture _architecture = model.Architecture;
    private readonly TensorNames _names = model.Architecture.Tensors;

    public LayerWeights Load()
    {
        string feedForwardNorm = Name(_names.FeedForwardNorm), attentionNorm = Name(_names.AttentionNorm);
        if (_architecture.SharesNorm)
            (feedForwardNorm, attentionNorm) = loader.Has(Name(_names.AttentionNorm2)) ? (attentionNorm, Name(_names.AttentionNorm2)) : ("", attentionNorm);
        NormWeights? before = _architecture.HasPreNorms ? loader.Norm(attentionNorm, model.EmbeddingLength) : null;
        (Projection? attention, View1<float> bias) = model.Latent is null ? Attention() : (null, default);
        return new LayerWeights
        {
            AttentionNorm = before,
            Attention = attention,
            Latent = model.Latent is { } latent ? Latent(latent) : null,
            AttentionBias = bias,
            QueryNorm = HeadNorm(_names.QueryNorm, model.QueryLength),
            KeyNorm = HeadNorm(_names.KeyNorm, model.KeyValueLength),
            Scores = new LayerAttention(
                model.ScoreFactor, model.HasWindow(layer) ? model.SlidingWindow : int.MaxValue, model.ScoreSoftCap,
                _architecture.HasSinks ? loader.Vector(Name(_names.Sinks) + ".weight", model.Heads) : default, _architecture.Attention == AttentionKind.Bidirectional),
            AttentionOutput = Branch(_names.AttentionOutput, model.Latent is { } values ? model.Heads * values.ValueDims : model.QueryLength, ProjectionBiases.AttentionOutput, _names.PostAttentionNorm),
            FeedForwardNorm = _architecture.HasPreNorms && feedForwardNorm.Length > 0 ? loader.Norm(feedForwardNorm, model.EmbeddingLength) : null,
            FeedForward = model.HasExperts(layer) ? null : FeedForward(),
            Experts = model.HasExperts(layer) ? Experts(model.Experts!, _architecture.Experts!) : null,
        };
    }

    private LatentWeights Latent(LatentConfiguration latent)
    {
        int heads = model.Heads, rows = checked(heads * (latent.PlainDims + model.RotaryDims));
        string keys = Name(_names.LatentKeys), values = Name(_names.LatentValues), both = Name(OlderLayouts.LatentKeyValues);
        bool areJoined = !loader.Has(keys) && loader.Has(both);
        int each = latent.PlainDims + latent.ValueDims;
        var matrices = new List<(WeightMatrix Key, WeightMatrix Value)>();
        for (int i = 0; i < heads; i++)
        {
            MatrixRows value = areJoined
                ? new MatrixRows(both, latent.ValueDims, checked((i * each) + latent.PlainDims), checked(heads * each))
                : MatrixRows.Of(values, latent.ValueDims, i, heads);
            matrices.Add((
                areJoined ? loader.TransposedKeys(value with { First = i * each, Rows = latent.PlainDims }, latent.KeyValueRank) : loader.Matrix(MatrixRows.Of(keys, latent.KeyValueRank, i, heads), latent.PlainDims),
                loader.Matrix(value, latent.KeyValueRank)));
        }

        return new LatentWeights
        {
            QueryDown = latent.QueryRank > 0 ? loader.Matrix(Name(_names.QueryDown), latent.QueryRank, model.EmbeddingLength) : null,
            QueryNorm = latent.QueryRank > 0 ? loader.Norm(Name(_names.QueryDownNorm), latent.QueryRank) : null,
            Query = latent.QueryRank > 0
                ? loader.Matrix(Name(_names.QueryUp), rows, latent.QueryRank)
                : loader.Matrix(Name(_names.Query), rows, model.EmbeddingLength),
            KeyValueDown = loader.Matrix(Name(_names.KeyValueDown), model.HeadDim, model.EmbeddingLength),
            KeyValueNorm = loader.Norm(Name(_names.KeyValueNorm), latent.KeyValueRank),
            Keys = [.. matrices.Select(matrix => matrix.Key)],
            Values = [.. matrices.Select(matrix => matrix.Value)],
        };
    }

    private (Projection Matrices, View1<float> Bias) Attention()
    {
        int length = model.QueryLength + (2 * model.KeyValueLength);
        bool isBiased = _architecture.Biases.HasFlag(ProjectionBiases.QueryKeyValue);
        (string Name, int Rows)[] matrices = loader.Has(Name(_names.QueryKeyValue))
            ? [(Name(_names.QueryKeyValue), length)]
            : [(Name(_names.Query), model.QueryLength), (Name(_names.Key), model.KeyValueLength), (Name(_names.Value), model.KeyValueLength)];
        return (loader.Projection(model.EmbeddingLength, [.. matrices.Select(matrix => new MatrixRows(matrix.Name, matrix.Rows))]), loader.Bias(isBiased, matrices));
    }

    private NormWeights? HeadNorm(string pattern, int length) => _architecture.QueryKeyNorm switch
    {
        QueryKeyNormKind.None => null,
        QueryKeyNormKind.Head => loader.Norm(Name(pattern), model.HeadDim),
        _ => loader.Norm(Name(pattern), length),
    };

    private FeedForwardWeights FeedForward()
    {
        int length = model.FeedForwardLength, embedding = model.EmbeddingLength;
        string up = Name(_names.Up), gate = _architecture.JoinsGateAndUp ? up : Name(_names.Gate);
        bool isBiased = _architecture.Biases.HasFlag(ProjectionBiases.FeedForward);
        if (!model.HasGate)
        {
            Projection alone = loader.Projection(embedding, new MatrixRows(up, length));
            return new FeedForwardWeights { GateUp = alone, Up = alone.Slice(0, length), UpBias = loader.Bias(isBiased, (up, length)), Down = Down() };
        }

        Projection both = _architecture.JoinsGateAndUp
            ? loader.Projection(embedding, new MatrixRows(up, length, 0, 2 * length), new MatrixRows(up, length, length, 2 * length))
            : loader.Projection(embedding, new MatrixRows(gate, length), new MatrixRows(up, length));
        View1<float> gateBias = _architecture.JoinsGateAndUp ? default : loader.Bias(isBiased, (gate, length));
        View1<float> upBias = _architecture.JoinsGateAndUp ? default : loader.Bias(isBiased, (up, length));
        return new FeedForwardWeights
        {
            GateUp = both,
            Gate = both.Slice(0, length),
            Up = both.Slice(length, length),
            GateBias = gateBias,
            UpBias = upBias,
            Down = Down(),
            IsFused = _architecture.FeedForward == FeedForwardKind.SwiGlu && gateBias.Memory is null && upBias.Memory is null,
        };
    }

    private ExpertWeights Experts(ExpertConfiguration experts, ExpertRouting routing)
    {
        string gates = Name(_names.ExpertGates), ups = Name(_names.ExpertUps), downs = Name(_names.ExpertDowns);
        int embedding = model.EmbeddingLength, length = experts.FeedForwardLength, count = experts.Count;
        View1<float>[] gateBiases = loader.Biases(gates, routing.HasBiases, length, count);
        View1<float>[] upBiases = loader.Biases(ups, routing.HasBiases, length, count);
        View1<float>[] downBiases = loader.Biases(downs, routing.HasBiases, embedding, count);
        var matrices = new List<ExpertMatrices>();
        for (int i = 0; i < count; i++)
        {
            matrices.Add(new ExpertMatrices(
                loader.Projection(embedding, loader.ExpertRows(gates, length, i, count), loader.ExpertRows(ups, length, i, count)),
                loader.Matrix(loader.ExpertRows(downs, embedding, i, count), length),
                Of(gateBiases, i), Of(upBiases, i), Of(downBiases, i)));
        }

        return new ExpertWeights
        {
            Router = loader.Matrix(Name(_names.Router), count, embedding),
            RouterBias = loader.Bias(routing.HasBiases, (Name(_names.Router), count)),
            SelectionBias = loader.HostValues(Name(_names.SelectionBias) + ".bias", count) ?? [],
            Experts = matrices,
            Shared = experts.SharedLength > 0 ? Shared(experts.SharedLength) : null,
            SharedGate = experts.SharedLength > 0 && routing.GatesShared ? loader.Row(Name(_names.SharedRouter), embedding) : null,
        };

        static View1<float> Of(View1<float>[] biases, int expert) => biases.Length == 0 ? default : biases[expert];
    }

    private FeedForwardWeights Shared(int length)
    {
        int embedding = model.EmbeddingLength;
        Projection both = loader.Projection(embedding, new MatrixRows(Name(_names.SharedGate), length), new MatrixRows(Name(_names.SharedUp), length));
        return new FeedForwardWeights
        {
            GateUp = both,
            Gate = both.Slice(0, length),
            Up = both.Slice(length, length),
            Down = new ResidualBranch(loader.BranchMatrix(Name(_names.SharedDown), embedding, length), default, null, null),
        };
    }

    private ResidualBranch Down() => Branch(_names.Down, model.FeedForwardLength, ProjectionBiases.FeedForward, _names.PostFeedForwardNorm);

    private ResidualBranch Branch(string pattern, int columns, ProjectionBiases bias, string normPattern)
    {
        string name = Name(pattern);
        NormWeights? norm = _architecture.PostNorms == PostNormKind.None ? null : loader.Norm(Name(normPattern), model.EmbeddingLength);
        return new ResidualBranch(
            loader.BranchMatrix(name, model.EmbeddingLength, columns),
            loader.Bias(_architecture.Biases.HasFlag(bias), (name, model.EmbeddingLength)),
            _architecture.PostNorms == PostNormKind.Branch ? norm : null,
            _architecture.PostNorms == PostNormKind.Residual ? norm : null);
    }

    private string Name(string pattern) => TensorNames.OfLayer(pattern, layer);
}
