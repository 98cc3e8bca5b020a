using System.Globalization;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>Byte-level BPE from GGUF, where the model is called "gpt2" and the pre-tokenizer has a name of its own.</summary>
internal static class GgufByteLevelBpe
{
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string PreKey = "tokenizer.ggml.pre";

    /// <exception cref="InvalidModelException">An entry is missing or wrong, or the pre-tokenizer is not known.</exception>
    public static Tokenizer Read(GgufFile file)
    {
        var metadata = file.Metadata;
        var vocabulary = GgufVocabulary.Read(file, needsTypes: false);
        string pre = metadata.TryGetString(PreKey, out string? given) ? given
            : throw new InvalidModelException(file.Name, $"metadata key '{PreKey}'", "absent", $"a pre-tokenizer: {Supported}");
        var family = PreTokenizerFamilies.Find(pre)
            ?? throw metadata.GetValue(PreKey).Error($"the unsupported pre-tokenizer {metadata.GetValue(PreKey)}", Supported);
        var special = SpecialTokens.Read(metadata, vocabulary.Count, new SpecialTokens { AddBos = family.AddBos, AddSeparator = family.AddSeparator });

        var builder = new TokenTextsBuilder(vocabulary.Count, vocabulary.Texts.TotalBytes);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (IsText(vocabulary, id))
                ByteAlphabet.Read(vocabulary.Text(id), builder);
            else
                builder.Add(vocabulary.Text(id));
        }

        var texts = builder.Build(id => IsText(vocabulary, id));
        var symbols = new ByteSymbols(ByteTokens(texts), special.Unknown);
        return new Tokenizer(new TokenizerParts
        {
            Kind = "byte-level BPE",
            Vocabulary = vocabulary,
            Special = special,
            Added = GgufVocabulary.Added(vocabulary),
            Splitters = PreTokenizerFamilies.Splitters(pre),
            Model = new BpeModel(texts, ReadMerges(metadata, vocabulary), symbols, family.WholeWins),
            Decoded = texts,
            Recipe = new TokenizerRecipe("gpt2") { PreTokenizer = pre },
        });
    }

    /// <summary>The token of each byte, or -1.</summary>
    public static int[] ByteTokens(TokenTexts texts) => [.. Enumerable.Range(0, 256).Select(b => texts.Find([(byte)b]))];

    private static string Supported => string.Join(", ", PreTokenizerFamilies.Names);

    private static bool IsText(Vocabulary vocabulary, int id) => vocabulary.Type(id) is TokenType.Normal or TokenType.Undefined or TokenType.Unused;

    private static MergeTable ReadMerges(GgufMetadata metadata, Vocabulary vocabulary)
    {
        var merges = metadata.GetStrings(MergesKey);
        var table = new MergeTable(merges.Count);
        byte[] joined = new byte[vocabulary.MaximumTextBytes];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            var merge = merges[rank];
            // The letters have none that is a space, but a token may begin with one where it is no byte.
            int space = merge.IsEmpty ? -1 : merge[1..].IndexOf((byte)' ') + 1;
            if (space < 1)
                throw Wrong(merge, rank, "two tokens with a space between them");
            var left = merge[..space];
            var right = merge[(space + 1)..];
            int leftId = vocabulary.Find(left), rightId = vocabulary.Find(right), both = -1;
            if (leftId >= 0 && rightId >= 0 && left.Length + right.Length <= joined.Length)
            {
                left.CopyTo(joined);
                right.CopyTo(joined.AsSpan(left.Length));
                both = vocabulary.Find(joined.AsSpan(0, left.Length + right.Length));
            }

            if (both < 0)
                throw Wrong(merge, rank, "two tokens that together are a token");
            table.Add(leftId, rightId, rank, both);
        }

        return table;

        InvalidModelException Wrong(ReadOnlySpan<byte> merge, int rank, string expected) => metadata.GetValue(MergesKey).Error(
            string.Create(CultureInfo.InvariantCulture, $"{InvalidModelException.Quote(merge)} at index {rank}"), expected);
    }
}
