using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Writes a tokenizer as <c>tokenizer.ggml.*</c>.</summary>
public static class GgufTokenizerWriter
{
    /// <summary>Sets the metadata of a model file that is being written.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="writer">The file.</param>
    /// <exception cref="NotSupportedException">The tokenizer is of a kind that GGUF has no entries for.</exception>
    public static void Write(Tokenizer tokenizer, GgufWriter writer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(writer);
        var recipe = tokenizer.Parts.Recipe
            ?? throw new NotSupportedException($"The tokenizer of '{tokenizer.Vocabulary.ModelFile}' cannot be written as GGUF: it has parts that GGUF has no entries for.");
        var vocabulary = tokenizer.Vocabulary;
        writer.Set("tokenizer.ggml.model", recipe.Model);
        if (recipe.PreTokenizer is { } pre)
            writer.Set("tokenizer.ggml.pre", pre);
        writer.Set("tokenizer.ggml.tokens", Enumerable.Range(0, vocabulary.Count).Select(id => Text(vocabulary, id, recipe)));
        writer.Set("tokenizer.ggml.token_type", [.. Enumerable.Range(0, vocabulary.Count).Select(id => (int)vocabulary.Type(id))]);
        if (recipe.Scores is { } scores)
            writer.Set("tokenizer.ggml.scores", [.. scores]);
        if (recipe.Model == "gpt2" && tokenizer.Parts.Model is BpeModel { Merges: var merges })
            writer.Set("tokenizer.ggml.merges", merges.InOrder().Select(pair => (byte[])[.. vocabulary.Text(pair.Left), (byte)' ', .. vocabulary.Text(pair.Right)]));
        WriteSpecial(tokenizer.Parts.Special, recipe, writer);
        if (recipe.PreTokenizer is null)
            writer.Set("tokenizer.ggml.add_space_prefix", recipe.AddSpacePrefix);
        if (!recipe.Lowercases || !recipe.StripsAccents)
        {
            writer.Set(GgufWordPiece.Lowercase, recipe.Lowercases);
            writer.Set(GgufWordPiece.StripAccents, recipe.StripsAccents);
        }

        if (recipe.RemoveExtraSpaces)
            writer.Set("tokenizer.ggml.remove_extra_whitespaces", true);
    }

    private static byte[] Text(Vocabulary vocabulary, int id, TokenizerRecipe recipe)
    {
        ReadOnlySpan<byte> text = vocabulary.Text(id);
        if (recipe.ContinuationPrefix is not { } prefix || vocabulary.Type(id) is TokenType.Control or TokenType.UserDefined)
            return text.ToArray();
        byte[] mark = Encoding.UTF8.GetBytes(prefix);
        return text.StartsWith(mark) && text.Length > mark.Length ? text[mark.Length..].ToArray() : [.. MarkerSplitter.Marker, .. text];
    }

    private static void WriteSpecial(SpecialTokens special, TokenizerRecipe recipe, GgufWriter writer)
    {
        foreach (var (name, id) in new[]
        {
            ("bos", special.Bos), ("eos", special.Eos), ("eot", special.EndOfTurn), ("eom", special.EndOfMessage), ("unknown", special.Unknown),
            ("seperator", special.Separator), ("padding", special.Padding), ("cls", special.Class), ("mask", special.Mask),
        })
        {
            if (id is { } value)
                writer.Set($"tokenizer.ggml.{name}_token_id", (uint)value);
        }

        writer.Set("tokenizer.ggml.add_bos_token", special.AddBos);

        // What ends a text of WordPiece is the separator.
        bool isWordPiece = recipe.Model == "bert";
        writer.Set("tokenizer.ggml.add_eos_token", special.AddEos && !isWordPiece);
        if (isWordPiece)
            writer.Set("tokenizer.ggml.add_sep_token", special.AddEos || special.AddSeparator);
    }
}
