namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A grammar over bytes in flat form: alternatives are runs of elements, each a set of bytes or a rule, ended by <see cref="End"/>.
/// </summary>
/// <param name="Elements">0 or more: index of a byte set; <see cref="End"/>: the end of an alternative; else rule ~element.</param>
/// <param name="Sets">The byte sets.</param>
/// <param name="Alternatives">For each rule, where its alternatives begin in the elements.</param>
/// <param name="Root">The rule of the whole text.</param>
internal sealed record GrammarRules(int[] Elements, ByteSet[] Sets, int[][] Alternatives, int Root)
{
    /// <summary>Marks the end of an alternative.</summary>
    public const int End = int.MinValue;
}
