using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// Trains byte-level BPE: all 256 bytes are tokens, so any text can be encoded, and then the most frequent pair of neighbours becomes a
/// token, again and again (Sennrich, Haddow and Birch 2016; Radford et al. 2019). The same text and options give the same tokenizer on
/// every machine: of pairs that occur equally often, the one with the lowest left id merges first, then the one with the lowest right id.
/// </summary>
public static class BpeTrainer
{
    private const int Bytes = 256;

    // Cutting and counting words is about half of the work.
    private const double ShareOfMerging = 0.5;

    /// <summary>Trains on texts; no token crosses from one into the next.</summary>
    /// <param name="texts">The texts; each is looked at once.</param>
    /// <param name="options">What to make.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, names an unknown pre-tokenizer, or a special token twice.</exception>
    public static Tokenizer Train(IEnumerable<string> texts, BpeTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var special = new TrainedSpecialTokens(options);
        int first = special.Count + Bytes;
        if (options.VocabularySize < first)
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} tokens has no room for {special.Count} special tokens and {Bytes} bytes.", nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumPairCount, 1, nameof(options));
        if (PreTokenizerFamilies.Find(options.PreTokenizer) is null)
            throw new ArgumentException($"There is no pre-tokenizer '{options.PreTokenizer}'; there are {string.Join(", ", PreTokenizerFamilies.Names)}.", nameof(options));

        var splitters = PreTokenizerFamilies.Splitters(options.PreTokenizer);
        var words = new WordCounter();
        TrainingText.Split(texts, splitters, words, cancellationToken);
        int[] byteSymbols = [.. Enumerable.Range(special.Count, Bytes)];
        int most = options.VocabularySize - first;
        var merges = new BpeMerges(words, byteSymbols).Learn(first, most, options.MinimumPairCount,
            done => options.Progress?.Report(1 - ShareOfMerging + (ShareOfMerging * done / most)), cancellationToken);
        options.Progress?.Report(1);
        return Create(special, options.PreTokenizer, splitters, merges);
    }

    private static Tokenizer Create(TrainedSpecialTokens special, string pre, Splitter[] splitters, List<(int Left, int Right)> merges)
    {
        int count = special.Count + Bytes + merges.Count;
        var bytes = new List<byte[]>(count);
        foreach (byte[] text in special.Texts)
            bytes.Add(text);
        for (int b = 0; b < Bytes; b++)
            bytes.Add([(byte)b]);
        var table = new MergeTable(merges.Count);
        foreach (var (left, right) in merges)
        {
            table.Add(left, right, bytes.Count, bytes.Count);
            bytes.Add([.. bytes[left], .. bytes[right]]);
        }

        TokenTextsBuilder decoded = new(count, 8 * count), letters = new(count, 12 * count);
        var types = new TokenType[count];
        for (int id = 0; id < count; id++)
        {
            types[id] = id < special.Count ? TokenType.Control : TokenType.Normal;
            decoded.Add(bytes[id]);
            letters.Add(id < special.Count ? bytes[id] : System.Text.Encoding.UTF8.GetBytes(ByteAlphabet.Write(bytes[id])));
        }

        var texts = decoded.Build(id => id >= special.Count);
        var vocabulary = new Vocabulary(letters.Build(), types, "trained");
        return new Tokenizer(new TokenizerParts
        {
            Kind = "byte-level BPE",
            Vocabulary = vocabulary,
            Special = special.Roles,
            Added = GgufVocabulary.Added(vocabulary),
            Splitters = splitters,
            Model = new BpeModel(texts, table, new ByteSymbols(GgufByteLevelBpe.ByteTokens(texts), null)),
            Decoded = texts,
            Recipe = new TokenizerRecipe("gpt2") { PreTokenizer = pre },
        });
    }
}
