namespace KernelFoundry.Kernels;

/// <summary>A chain of truncations put together at run time.</summary>
/// <param name="methods">The truncations, of <see cref="Truncation"/>, [count].</param>
/// <param name="amounts">Their amounts and second amounts, [2 count].</param>
/// <param name="count">How many there are; the views may be longer, and have room for one.</param>
public readonly struct ChainProgram(View1<int> methods, View1<float> amounts, int count) : ITruncationChain<ChainProgram>
{
    /// <summary>The truncations, [count].</summary>
    public View1<int> Methods { get; } = methods;

    /// <summary>Their amounts and second amounts, [2 count].</summary>
    public View1<float> Amounts { get; } = amounts;

    /// <summary>How many there are.</summary>
    public int Length { get; } = count;

    /// <inheritdoc/>
    public static int Count(ChainProgram self) => self.Length;

    /// <inheritdoc/>
    public static int Method(ChainProgram self, int index) => self.Methods.LoadInt(index);

    /// <inheritdoc/>
    public static float Amount(ChainProgram self, int index) => self.Amounts.Load(2 * index);

    /// <inheritdoc/>
    public static float Second(ChainProgram self, int index) => self.Amounts.Load((2 * index) + 1);
}
