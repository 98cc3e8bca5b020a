using KernelFoundry.Inference.Tokenizers.Patterns;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>What the parts of a <c>tokenizer.json</c> have in common: a "type" that names the kind, and patterns.</summary>
internal static class JsonKinds
{
    /// <summary>Steps that a part may have: real files have five, and each may have a pattern to compile.</summary>
    public const int MaximumSteps = 64;

    /// <summary>The row of a part's kind, or an error that names the kind and those there are.</summary>
    public static T Find<T>(JsonField field, SortedDictionary<string, T> kinds, string part)
    {
        var type = field["type"];
        return kinds.TryGetValue(type.String(), out var found)
            ? found
            : throw type.Error($"the unsupported {part} {type.Describe()}", string.Join(", ", kinds.Keys));
    }

    /// <summary>Compiles a pattern.</summary>
    public static Pattern Pattern(JsonField field)
    {
        try
        {
            return new Pattern(field.String());
        }
        catch (PatternException error)
        {
            throw field.Error($"{InvalidModelException.Quote(System.Text.Encoding.UTF8.GetBytes(field.String()))}, which is {error.Found}", "a pattern that is supported");
        }
    }
}
