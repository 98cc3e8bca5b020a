using System.Text;

namespace KernelFoundry.Inference.Decoding;

/// <summary>What a text may be: the common form that regular expressions, grammars and schemas are read into.</summary>
internal abstract record Pattern
{
    /// <summary>The empty text.</summary>
    public static Pattern Empty { get; } = new SequencePattern([]);

    /// <summary>A text, word for word.</summary>
    public static Pattern Text(string text) => new BytesPattern(Encoding.UTF8.GetBytes(text));

    public static Pattern Sequence(params IReadOnlyList<Pattern> parts) => parts.Count == 1 ? parts[0] : new SequencePattern(parts);

    public static Pattern Choice(params IReadOnlyList<Pattern> alternatives) => alternatives.Count == 1 ? alternatives[0] : new ChoicePattern(alternatives);

    public Pattern Optional() => new RepeatPattern(this, 0, 1);

    public Pattern Star() => new RepeatPattern(this, 0, null);

    public Pattern Plus() => new RepeatPattern(this, 1, null);
}

/// <summary>Bytes, one after the other.</summary>
internal sealed record BytesPattern(byte[] Bytes) : Pattern;

/// <summary>A character of a set.</summary>
/// <param name="Ranges">First and last code points, in ascending order and apart from each other, without surrogates.</param>
internal sealed record CharacterPattern(IReadOnlyList<(int First, int Last)> Ranges) : Pattern;

/// <summary>Parts one after the other.</summary>
internal sealed record SequencePattern(IReadOnlyList<Pattern> Parts) : Pattern;

/// <summary>One of several.</summary>
internal sealed record ChoicePattern(IReadOnlyList<Pattern> Alternatives) : Pattern;

/// <summary>A part several times.</summary>
/// <param name="Part">The part.</param>
/// <param name="Least">How often at least.</param>
/// <param name="Most">How often at most; null for any number.</param>
internal sealed record RepeatPattern(Pattern Part, int Least, int? Most) : Pattern;

/// <summary>A rule by its name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Offset">Where the reference stands in the source, for messages.</param>
internal sealed record RulePattern(string Name, int Offset) : Pattern;
