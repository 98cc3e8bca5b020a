using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>Which storage type each weight matrix gets.</summary>
/// <param name="Name">What users call it, as in Q4_K_M.</param>
/// <param name="FileType">The value of general.file_type, by ggml's list of file types.</param>
/// <param name="Type">The type of every matrix that no override names.</param>
/// <param name="Overrides">Matrices of another type; the first that fits counts.</param>
public sealed record QuantizationRecipe(string Name, uint FileType, GgmlType Type, params IReadOnlyList<TypeOverride> Overrides)
{
    // Rows that are no whole blocks of a type take one of small blocks with at least as many bits; rows of odd lengths stay halves.
    private static readonly Dictionary<GgmlType, GgmlType> s_smaller = new()
    {
        [GgmlType.Q2_K] = GgmlType.IQ4_NL,
        [GgmlType.Q3_K] = GgmlType.IQ4_NL,
        [GgmlType.IQ4_XS] = GgmlType.IQ4_NL,
        [GgmlType.Q4_K] = GgmlType.Q5_0,
        [GgmlType.Q5_K] = GgmlType.Q5_1,
        [GgmlType.Q6_K] = GgmlType.Q8_0,
    };

    /// <summary>The type of a matrix.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="columns">Length of its rows.</param>
    public GgmlType TypeOf(TensorPlace place, long columns)
    {
        GgmlType type = Overrides.FirstOrDefault(other => other.Role == place.Role && other.Where(place))?.Type ?? Type;
        if (!TensorCodecs.Of(type).Fits(columns))
            type = s_smaller.GetValueOrDefault(type, type);
        return TensorCodecs.Of(type).Fits(columns) ? type : GgmlType.F16;
    }
}
