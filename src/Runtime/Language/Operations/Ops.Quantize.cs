namespace KernelFoundry;

/// <content>Rounding to a grid of codes.</content>
public static partial class Ops
{
    /// <summary>
    /// Rounds to eight bits, as quantizing and dequantizing would: elements of a group become code * scale with scale = largest magnitude / 127
    /// and code = x * (127 / largest magnitude) rounded half to even (Dettmers et al., "LLM.int8()", 2022, equation 1, group by group). A
    /// <see cref="Dot(Tile{float}, Tile{float})"/> of quantized weights and such a tile is computed with integers where a device has
    /// instructions for that. The error of an element is at most scale / 2.
    /// </summary>
    /// <param name="t">A tile of one or two axes.</param>
    /// <param name="group">
    /// Elements along the last axis that share a scale, the last group perhaps fewer: the <see cref="Element{T}.BlockSize"/> of the weights.
    /// </param>
    /// <returns>
    /// A tile of the same shape. A group whose largest magnitude is below 2^-100 becomes zeros, one with a NaN or an infinity NaNs.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The group is not positive.</exception>
    public static Tile<float> FakeQuantize(Tile<float> t, int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(group);
        float[] result = t.ToArray();
        int length = t.Rank == 2 ? t.Extent1 : t.Extent0;
        for (int row = 0; row < result.Length; row += length)
        {
            for (int start = 0; start < length; start += group)
                RoundGroup(result.AsSpan(row + start, Math.Min(group, length - start)));
        }

        return new Tile<float>(result, t.Rank, t.Extent0, t.Extent1);
    }

    private static void RoundGroup(Span<float> group)
    {
        float largest = 0;
        foreach (float value in group)
            largest = MathF.Max(largest, MathF.Abs(value));
        float inverse = largest >= Lanes.LeastQuantized ? 127 / largest : 0, scale = largest >= Lanes.LeastQuantized ? largest / 127 : largest * 0;
        for (int i = 0; i < group.Length; i++)
            group[i] = float.IsFinite(largest) ? MathF.Round(group[i] * inverse) * scale : float.NaN;
    }
}
