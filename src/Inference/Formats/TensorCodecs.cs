namespace KernelFoundry.Inference.Formats;

/// <summary>The storage types whose elements can be read and written. A new one is one line of the table.</summary>
public static class TensorCodecs
{
    private static readonly SortedDictionary<GgmlType, TensorCodec> s_codecs = Index(
        new FloatCodec<float>(GgmlType.F32, x => x, x => x),
        new FloatCodec<Half>(GgmlType.F16, x => (float)x, x => (Half)x),
        new FloatCodec<BFloat16>(GgmlType.BF16, x => x.ToSingle(), BFloat16.FromSingle),
        new QuantizedCodec<Q4_0>(GgmlType.Q4_0),
        new QuantizedCodec<Q4_1>(GgmlType.Q4_1),
        new QuantizedCodec<Q5_0>(GgmlType.Q5_0),
        new QuantizedCodec<Q5_1>(GgmlType.Q5_1),
        new QuantizedCodec<Q8_0>(GgmlType.Q8_0),
        new QuantizedCodec<Q2_K>(GgmlType.Q2_K),
        new QuantizedCodec<Q3_K>(GgmlType.Q3_K),
        new QuantizedCodec<Q4_K>(GgmlType.Q4_K),
        new QuantizedCodec<Q5_K>(GgmlType.Q5_K),
        new QuantizedCodec<Q6_K>(GgmlType.Q6_K),
        new QuantizedCodec<IQ4_NL>(GgmlType.IQ4_NL),
        new QuantizedCodec<IQ4_XS>(GgmlType.IQ4_XS),
        new QuantizedCodec<MXFP4>(GgmlType.MXFP4));

    /// <summary>All codecs, by type id.</summary>
    public static IReadOnlyCollection<TensorCodec> All => s_codecs.Values;

    /// <summary>The codec of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static TensorCodec Of(GgmlType type) =>
        TryGet(type) ?? throw new ArgumentOutOfRangeException(nameof(type), type, "Elements of this type cannot be read.");

    /// <summary>The codec of <paramref name="type"/>, or null.</summary>
    public static TensorCodec? TryGet(GgmlType type) => s_codecs.GetValueOrDefault(type);

    private static SortedDictionary<GgmlType, TensorCodec> Index(params ReadOnlySpan<TensorCodec> codecs)
    {
        var table = new SortedDictionary<GgmlType, TensorCodec>();
        foreach (TensorCodec codec in codecs)
            table.Add(codec.Type, codec);
        return table;
    }
}
