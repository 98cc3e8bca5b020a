namespace KernelFoundry.Inference.Tokenizers.Patterns;

/// <summary>A pattern is malformed, or needs what <see cref="Pattern"/> does not have.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="found">What is wrong with it, as it reads after "is".</param>
internal sealed class PatternException(string pattern, string found) : Exception($"The pattern '{pattern}' is {found}.")
{
    /// <summary>What is wrong with the pattern.</summary>
    public string Found { get; } = found;
}
