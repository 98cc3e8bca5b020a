namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>A regular expression as a tree. What a pre-tokenizer's pattern may be made of is what has a record here.</summary>
internal abstract record PatternNode
{
    /// <summary>One code point of a set.</summary>
    public sealed record One(CodePointSet Set) : PatternNode;

    /// <summary>All parts, in order.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first choice that lets the whole pattern match.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Choices) : PatternNode;

    /// <summary>
    /// <paramref name="Least"/> to <paramref name="Most"/> times (null: without end), as many as possible or, where lazy, as few.
    /// </summary>
    public sealed record Repeat(PatternNode Body, int Least, int? Most, bool IsLazy) : PatternNode;

    /// <summary>Matches nothing, where a code point of the set comes next.</summary>
    /// <param name="Set">What may come next.</param>
    /// <param name="AcceptsEnd">The end of the text will do.</param>
    public sealed record Ahead(CodePointSet Set, bool AcceptsEnd) : PatternNode;
}
